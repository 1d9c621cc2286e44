/** Begin and end what the wrapper says about itself: no terminal prints anything for them. */
export const MARK_BEGIN = 0x01
export const MARK_END = 0x02

/**
 * Runs on the terminal, in the container's own shell: tells its process id, which is that of its session, and becomes the
 * command, or the best shell that is there.
 */
const WRAPPER = `printf '\\001%s\\002' $$
[ $# -gt 0 ] && exec "$@"
command -v bash >/dev/null 2>&1 && exec bash
exec sh`

/**
 * Runs beside the terminal without one, its standard input open as long as Hopwire lives. The engine does not end a program
 * on a terminal whose connection is gone (moby: daemon/exec.go starts it with a context of its own), but it does end the
 * input of one without a terminal: then this hangs up on every process of the session, as a closed terminal does, and
 * kills after a moment what does not care. With the word \`done\` it leaves them alone: the command has ended by itself.
 * Only what every shell has built in is used; \`kill\`, \`read\` and /proc are enough.
 */
const LEASH = `session=$1
read -r word
[ "$word" = done ] && exit 0
tell() {
  left=
  for file in /proc/[0-9]*/stat; do
    { read -r line < "$file"; } 2>/dev/null || continue
    pid=\${file#/proc/}
    set -- \${line##*) }
    [ "$4" = "$session" ] || continue
    [ "$1" = Z ] && continue
    left=1
    for name in $signals; do kill -"$name" "\${pid%/stat}" 2>/dev/null; done
  done
}
signals='HUP CONT'
tell
for pause in 0.1 0.3 0.6; do
  sleep $pause 2>/dev/null || sleep 1
  signals=0
  tell
  [ -z "$left" ] && exit 0
done
signals=KILL
tell`

/** Returns the command line that runs a command (none: a shell) on a terminal and says its process id first. */
export function wrapperCommand(command: readonly string[]): readonly string[] {
  return ['/bin/sh', '-c', WRAPPER, 'sh', ...command]
}

/** Returns the command line of what ends a session when its input ends; see there. */
export function leashCommand(session: number): readonly string[] {
  return ['/bin/sh', '-c', LEASH, 'hopwire-leash', String(session)]
}
