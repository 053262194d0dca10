import { allCommands } from './command-index.ts'
import { formatAllHelp } from './format-help.ts'

/** `polyvirt --help`: virsh's, with what is ours. */
export async function formatUsage(): Promise<string> {
  return `${usage}${formatAllHelp(await allCommands(), '')}${footer}`
}

const usage = `
polyvirt [options]... [<command_string>]
polyvirt [options]... <command> [args...]

  options:
    -c | --connect=URI      hypervisor connection URI
    -d | --debug=NUM        debug level [0-4]
    -e | --escape <char>    set escape sequence for console
    -h | --help             this help
         --json             print results and errors as JSON
    -k | --keepalive-interval=NUM
                            keepalive interval in seconds, 0 for disable
    -K | --keepalive-count=NUM
                            number of possible missed keepalive messages
    -l | --log=FILE         output logging to file
         --no-color         no colours, also on a terminal
    -q | --quiet            quiet mode
    -r | --readonly         connect readonly
    -t | --timing           print timing information
    -v                      short version
    -V                      long version
         --version[=TYPE]   version, TYPE is short or long (default short)
  commands (non interactive mode):

`

const footer = `
  (specify help <group> for details about the commands in the group)

  (specify help <command> for details about the command)

`
