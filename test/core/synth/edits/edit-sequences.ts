/**
 * Edits one after the other, as the command line has them; each begins with a host that has networks of Docker's own only.
 * `!` before a command says that Docker refuses it, `20:` that it is for 20.10 alone: later ones attach a container of
 * several networks that starts as a Go map has them (moby:daemon/container_operations.go allocateNetwork).
 */
export interface EditSequence {
  readonly name: string
  readonly commands: readonly string[]
}

/** One command of a sequence. */
export interface Edit {
  readonly command: string
  readonly refused: boolean
}

/** Returns the edits of a sequence that are for an engine. */
export function editsFor({ commands }: EditSequence, generation: 20 | 28): readonly Edit[] {
  return commands
    .filter((text) => generation === 20 || !text.startsWith('20: '))
    .map((text) => text.replace('20: ', ''))
    .map((text) => ({ command: text.replace('! ', ''), refused: text.startsWith('! ') }))
}

const IDLE = 'busybox:local sleep 1000000'
const WEB = 'busybox:local httpd -f -p 80 -h /www'

/** What is changed on real engines and in the sandbox, command by command. */
export const EDIT_SEQUENCES: readonly EditSequence[] = [
  {
    name: 'first-steps',
    commands: [
      'docker network create alpha',
      'docker network create --subnet 10.40.0.0/24 beta',
      'docker network create --internal gamma',
      `docker run -d --name one --network alpha ${IDLE}`,
      `docker run -d --name web --network beta -p 8080:80 ${WEB}`,
      `docker run -d --name two ${IDLE}`,
      'docker network connect --alias friend --ip 10.40.0.77 beta one',
      'docker network disconnect alpha one',
      'docker network connect gamma one',
      'docker stop web',
      `docker run -d --name three --network beta ${IDLE}`,
      'docker start web',
      'docker network prune -f',
      'docker network disconnect bridge two',
      'docker network connect beta two',
      'docker pause three',
      'docker rm -f web',
      'docker network create delta',
      'docker rename one first',
    ],
  },
  {
    name: 'restarts',
    commands: [
      'docker network create alpha',
      `docker run -d --name one --network alpha -p 8001:80 ${WEB}`,
      `docker run -d --name two --network alpha -p 8002:80 ${WEB}`,
      `docker run -d --name three -p 8003:80 ${WEB}`,
      'docker restart one',
      'docker network connect bridge two',
      '20: docker restart two',
      'docker network disconnect alpha two',
      'docker restart two',
      'docker pause one',
      'docker restart one',
      'docker stop three',
      'docker restart three',
      'docker network create beta',
      'docker network connect beta three',
      'docker stop one',
      'docker network connect beta one',
      '20: docker start one',
      '20: docker network disconnect alpha one',
    ],
  },
  {
    name: 'addresses',
    commands: [
      'docker network create --subnet 10.50.0.0/28 alpha',
      `docker run -d --name one --network alpha ${IDLE}`,
      `docker run -d --name two --network alpha ${IDLE}`,
      `docker run -d --name three --network alpha ${IDLE}`,
      'docker rm -f two',
      `docker run -d --name four --network alpha ${IDLE}`,
      'docker network disconnect alpha one',
      'docker network connect --ip 10.50.0.9 alpha one',
      `docker run -d --name five --network alpha ${IDLE}`,
      'docker stop four',
      `docker run -d --name six --network alpha --ip 10.50.0.3 ${IDLE}`,
      'docker start four',
      'docker restart one',
      'docker network disconnect alpha five',
      'docker network disconnect alpha three',
      'docker network connect alpha five',
      'docker network connect alpha three',
      'docker stop one',
      'docker network disconnect alpha one',
      'docker network connect alpha one',
      'docker start one',
    ],
  },
  {
    name: 'ports',
    commands: [
      'docker network create alpha',
      `docker run -d --name one -p 8080:80 ${WEB}`,
      `docker run -d --name two --network alpha -p 127.0.0.1:8081:80 -p 8082:80 ${WEB}`,
      'docker stop one',
      `docker run -d --name three --network alpha -p 8080:80 ${WEB}`,
      '! docker start one',
      'docker rm -f three',
      'docker start one',
      'docker network connect bridge two',
      'docker network disconnect alpha two',
      'docker network connect alpha two',
      'docker stop two',
      `docker run -d --name four -p 8082:81 ${WEB}`,
      '! docker start two',
      'docker rename four five',
      'docker rm -f five',
      '20: docker start two',
      'docker rm -f one',
    ],
  },
  {
    name: 'networks',
    commands: [
      'docker network create alpha',
      'docker network create beta',
      'docker network rm alpha',
      'docker network create alpha',
      'docker network rm beta',
      'docker network rm alpha',
      'docker network create gamma',
      `docker run -d --name one --network gamma ${IDLE}`,
      'docker stop one',
      'docker network create delta',
      'docker network prune -f',
      '! docker start one',
      'docker network create --subnet 172.18.0.0/16 epsilon',
      'docker network create gamma',
      '! docker start one',
      'docker network rm gamma',
      'docker network create zeta',
      `docker run -d --name two --network zeta ${IDLE}`,
      'docker network connect epsilon two',
      'docker network disconnect zeta two',
      'docker network rm zeta',
      'docker network create --internal zeta',
      'docker network connect zeta two',
      'docker network disconnect epsilon two',
    ],
  },
  {
    name: 'names',
    commands: [
      'docker network create alpha',
      `docker run -d --name one --network alpha ${IDLE}`,
      'docker rename one first',
      `docker run -d --name two --network alpha --network-alias helper ${IDLE}`,
      'docker network create beta',
      'docker network connect --alias one beta first',
      `docker run -d --name one --network beta ${IDLE}`,
      `docker run -d --name beside --network container:first ${WEB}`,
      'docker stop beside',
      'docker start beside',
      'docker network disconnect alpha first',
      'docker rename first last',
      'docker rm -f beside',
      `docker run -d --name again --network container:last ${IDLE}`,
      'docker rename two too',
      'docker network disconnect alpha too',
      'docker network connect alpha too',
    ],
  },
  {
    name: 'shared',
    commands: [
      'docker network create alpha',
      `docker run -d --name main --network alpha -p 8080:80 ${IDLE}`,
      `docker run -d --name side --network container:main ${WEB}`,
      'docker stop main',
      'docker start main',
      'docker restart side',
      `docker run -d --name more --network container:side ${IDLE}`,
      'docker stop side',
      'docker start side',
      'docker stop main',
      'docker stop side',
      '! docker start side',
      'docker rm -f main',
      '! docker start side',
      `docker run -d --name main ${IDLE}`,
      '! docker start side',
      'docker rm -f more',
      'docker rm -f side',
    ],
  },
  {
    name: 'ways-out',
    commands: [
      'docker network create beta',
      'docker network create alpha',
      'docker network create --internal inner',
      `docker run -d --name web --network beta -p 8080:80 ${WEB}`,
      `docker run -d --name other --network beta -p 8081:80 ${WEB}`,
      'docker network connect inner web',
      'docker network connect alpha web',
      'docker network disconnect beta web',
      'docker network connect beta web',
      'docker network disconnect alpha web',
      'docker network disconnect beta web',
      'docker network connect beta web',
      'docker network disconnect inner web',
      'docker restart web',
      'docker network connect bridge web',
      '20: docker restart web',
      'docker network disconnect beta web',
      'docker network connect alpha web',
    ],
  },
  {
    name: 'both-versions',
    commands: [
      'docker network create --ipv6 --subnet fd00:40::/64 alpha',
      `docker run -d --name one --network alpha -p 8080:80 ${WEB}`,
      `docker run -d --name two --network alpha ${IDLE}`,
      'docker network create beta',
      'docker network connect beta one',
      'docker network disconnect alpha one',
      'docker network connect --ip6 fd00:40::77 alpha one',
      'docker network disconnect beta one',
      'docker restart two',
      'docker rm -f one',
      'docker rm -f two',
      'docker network rm alpha',
    ],
  },
]
