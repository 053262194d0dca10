import { execFile, execFileSync, spawn } from 'node:child_process'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { completionScripts } from '../src/completion-scripts.ts'
import { scratch } from './scratch.ts'

const work = scratch('polyvirt-completion-')

/** Says how it was called; asked what stands in place of a word, offers those that begin as it does. */
const program = `#!/bin/sh
printf '<%s>' "$@" >> "$HOME/called"
echo >> "$HOME/called"
case " $* " in *' complete '*) ;; *) exit ;; esac
for last; do :; done
code=1
for word in 'sp ace*' a:b=c start --option; do
  case $word in "$last"*) printf '%s\\n' "$word"; code=0 ;; esac
done
exit $code
`

beforeEach(() => {
  writeFileSync(join(work.directory, 'polyvirt'), program)
  chmodSync(join(work.directory, 'polyvirt'), 0o755)
  writeFileSync(join(work.directory, 'a document.xml'), '')
  for (const [shell, text] of Object.entries(completionScripts))
    writeFileSync(join(work.directory, `completion.${shell}`), text)
})

const environment = (): NodeJS.ProcessEnv => ({
  PATH: `${work.directory}:/usr/local/bin:/usr/bin:/bin`,
  HOME: work.directory,
  TERM: 'dumb',
  LC_ALL: 'C.UTF-8',
})

const calls = (): readonly string[] =>
  readFileSync(join(work.directory, 'called'), 'utf8').trimEnd().split('\n')

/** Why the tests of a shell are not run; nothing where they are. */
function notRun(shell: string): string {
  try {
    execFileSync(shell, ['--version'], { stdio: 'ignore' })
    return ''
  } catch {
    return `: not run, ${shell} is not installed (apt-get install ${shell})`
  }
}

/** Of every shell: a line with the cursor at its end, what is asked, and the line that it becomes. */
const lines: readonly (readonly [line: string, asked: string, called: string])[] = [
  ['polyvirt st', '<-q><complete><--><st>', '<start>'],
  ['polyvirt dominfo sp', '<-q><complete><--><dominfo><sp>', '<dominfo><sp ace*>'],
  ['polyvirt dominfo sp\\ a', '<-q><complete><--><dominfo><sp a>', '<dominfo><sp ace*>'],
  ['polyvirt dominfo "sp a', '<-q><complete><--><dominfo><sp a>', '<dominfo><sp ace*>'],
  ["polyvirt dominfo 'sp a", '<-q><complete><--><dominfo><sp a>', '<dominfo><sp ace*>'],
  ['polyvirt dominfo a:', '<-q><complete><--><dominfo><a:>', '<dominfo><a:b=c>'],
  ["polyvirt 'sp ace*' --o", '<-q><complete><--><sp ace*><--o>', '<sp ace*><--option>'],
  [
    'polyvirt -c "qemu:///embed?root=/a" start a',
    '<-q><-c><qemu:///embed?root=/a><complete><--><start><a>',
    '<-c><qemu:///embed?root=/a><start><a:b=c>',
  ],
  ['~/polyvirt st', '<-q><complete><--><st>', '<start>'],
  ['polyvirt define a\\ doc', '<-q><complete><--><define><a doc>', '<define><a document.xml>'],
]

const withoutShell = { zsh: notRun('zsh'), fish: notRun('fish') }

describe(`the completion of zsh${withoutShell.zsh}`, () => {
  /** Types the line, a tab and a return on a terminal; util-linux's `script` is one. */
  async function type(line: string): Promise<void> {
    const settings = `PS1='ready> '; autoload -Uz compinit; compinit -u -D; . ~/completion.zsh\n`
    writeFileSync(join(work.directory, '.zshrc'), settings)
    const child = spawn('script', ['-qec', 'zsh -d -i', '/dev/null'], {
      env: environment(),
      cwd: work.directory,
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    let text = ''
    let isReady = false
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      if (isReady || !text.includes('ready> ')) return
      isReady = true
      child.stdin.end(`${line}\t\nexit\n`)
    })
    await new Promise((resolve) => child.once('close', resolve))
  }

  it.each(lines)('makes of %s what the shell will read', async (line, asked, called) => {
    if (withoutShell.zsh !== '') return
    await type(line)
    expect(calls()).toEqual([asked, called])
  })
})

describe(`the completion of fish${withoutShell.fish}`, () => {
  /** What fish would put in place of the last word. */
  async function offered(line: string): Promise<readonly string[]> {
    const { stdout } = await promisify(execFile)(
      'fish',
      ['--no-config', '-c', 'source ~/completion.fish; complete -C $argv[1]', '--', line],
      { env: environment(), cwd: work.directory },
    )
    return stdout.trimEnd().split('\n')
  }

  it.each(lines)('makes of %s what the shell will read', async (line, asked, called) => {
    if (withoutShell.fish !== '') return
    const last = /<([^<]*)>$/.exec(called)?.[1]
    expect(await offered(line)).toEqual([last])
    expect(calls()).toEqual([asked])
  })
})

describe('the completion of bash', () => {
  /** What bash is offered behind these words, cut as bash cuts them; `polyvirt` answers with all it has. */
  async function offered(words: readonly string[], line: string): Promise<string> {
    writeFileSync(
      join(work.directory, 'polyvirt'),
      `#!/bin/sh\nprintf '<%s>' "$@" >&3\necho 'sp ace*'\necho a:b=c\n`,
    )
    const { stdout } = await promisify(execFile)(
      'bash',
      [
        '-c',
        `. ~/completion.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE=$0; COMP_POINT=\${#COMP_LINE}
         exec 3>&1; _polyvirt "$1"; printf ' [%s]' "\${COMPREPLY[@]}"`,
        line,
        ...words,
      ],
      { env: environment() },
    )
    return stdout
  }

  it('puts together what bash cuts at colons, and quotes what it offers', async () => {
    expect(
      await offered(
        ['polyvirt', '-c', 'qemu', ':', '///embed?root', '=', '/a', 'start', ''],
        'polyvirt -c qemu:///embed?root=/a start ',
      ),
    ).toBe('<-q><-c><qemu:///embed?root=/a><complete><--><start><> [sp\\ ace\\*] [a:b=c]')
  })

  it('reads a word that is quoted as the shell will', async () => {
    expect(
      await offered(
        ['polyvirt', '-c', '"qemu:///session"', 'dominfo', 'sp\\ a'],
        'polyvirt -c "qemu:///session" dominfo sp\\ a',
      ),
    ).toBe('<-q><-c><qemu:///session><complete><--><dominfo><sp a> [sp\\ ace\\*] [a:b=c]')
    expect(await offered(['polyvirt', 'dominfo', '"sp a'], 'polyvirt dominfo "sp a')).toBe(
      '<-q><complete><--><dominfo><sp a> [sp ace*] [a:b=c]',
    )
  })

  it('offers what stands behind the last colon, which is what bash replaces', async () => {
    expect(await offered(['polyvirt', 'dominfo', 'a', ':', 'b'], 'polyvirt dominfo a:b')).toBe(
      '<-q><complete><--><dominfo><a:b> [sp\\ ace\\*] [b=c]',
    )
  })

  it('asks the program that is typed, in the home as well', async () => {
    expect(await offered(['~/polyvirt', 'dominfo', ''], '~/polyvirt dominfo ')).toBe(
      '<-q><complete><--><dominfo><> [sp\\ ace\\*] [a:b=c]',
    )
  })
})
