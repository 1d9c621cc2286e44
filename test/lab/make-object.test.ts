import { expect, it } from 'vitest'
import { undoing } from './make-object.ts'

it.each([
  ['run -d --name web -p 8080:80 busybox:local httpd -f', 'rm -f web'],
  ['create --name still busybox:local true', 'rm -f still'],
  ['run --rm busybox:local true', null],
  ['network create --internal net-i', 'network rm net-i'],
  ['network connect --ip 172.30.1.13 ref-a a3', 'network disconnect -f ref-a a3'],
  ['swarm init --advertise-addr 198.51.100.20', 'swarm leave --force'],
  ['service create -d --name s1 busybox httpd', 'service rm s1'],
  ['tag busybox:local busybox:latest', null],
])('what is left of docker %s is taken away by docker %s', (command, undo) => {
  expect(undoing(command.split(' '))?.join(' ') ?? null).toBe(undo)
})
