import { describe, expect, test } from 'vitest'
import { IptablesDraft } from '../../../src/core/synth/rules/iptables-draft.ts'
import { applyUserRules, parseUserCommand } from '../../../src/core/synth/rules/apply-user-rules.ts'

describe('what a user does with iptables', () => {
  test.each([
    ['-A DOCKER-USER -s 172.17.0.2 -j DROP', '-s 172.17.0.2/32 -j DROP'],
    ['-A INPUT -p tcp --dport 22 -j ACCEPT', '-p tcp -m tcp --dport 22 -j ACCEPT'],
    ['-A INPUT -p tcp ! --dport 22 ! -i lo -j DROP', '! -i lo -p tcp -m tcp ! --dport 22 -j DROP'],
    ['-A INPUT -d 10.1.2.3/8 -s 0.0.0.0/0 -j LOG', '-d 10.0.0.0/8 -j LOG'],
    ['-A INPUT -m conntrack --ctstate NEW -p udp -j ACCEPT', '-p udp -m conntrack --ctstate NEW -j ACCEPT'],
  ])('%s is printed as iptables-save would', (command, rule) => {
    expect(parseUserCommand({ command })).toMatchObject({ action: 'append', rule })
  })

  test('is done in its order, at its place', () => {
    const draft = new IptablesDraft()
    const commands = [
      '-N OWN',
      '-A OWN -j DROP',
      '-A INPUT -i a -j OWN',
      '-I INPUT -i b -j OWN',
      '-I INPUT 2 -i c -j OWN',
    ]
    applyUserRules(
      draft,
      [...commands, '-D OWN -j DROP', '-P INPUT DROP'].map((command) => ({ command })),
    )
    expect(draft.save('ip').split('\n')).toEqual([
      '*filter',
      ':INPUT DROP [0:0]',
      ':FORWARD ACCEPT [0:0]',
      ':OUTPUT ACCEPT [0:0]',
      ':OWN - [0:0]',
      '-A INPUT -i b -j OWN',
      '-A INPUT -i c -j OWN',
      '-A INPUT -i a -j OWN',
      'COMMIT',
      '',
    ])
  })

  test.each(['-Z', '-A', '-X OWN', 'rm -rf', '-P INPUT REJECT'])('%s is none of it', (command) => {
    expect(parseUserCommand({ command })).toBeNull()
  })
})
