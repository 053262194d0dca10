import { execFile, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { dirname, join, normalize } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const main = join(import.meta.dirname, 'memory-main.ts')
const flags = ['--conditions=@polyvirt/source', main]

const children: ChildProcess[] = []
let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'polyvirt-process-'))
})
afterEach(() => {
  // A test that timed out must not leave its process behind.
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(directory, { recursive: true, force: true })
})

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function execute(
  program: string,
  words: readonly string[],
  options: {
    readonly env?: NodeJS.ProcessEnv
    readonly input?: string
    readonly cwd?: string
  } = {},
): Promise<Ended> {
  const { promise, resolve } = Promise.withResolvers<Ended>()
  const env = options.env ?? { PATH: process.env['PATH'], HOME: directory }
  const child = execFile(program, words, { env, cwd: options.cwd }, (_error, stdout, stderr) =>
    resolve({ code: child.exitCode, stdout, stderr }),
  )
  child.stdin?.on('error', () => {})
  child.stdin?.end(options.input ?? '')
  return promise
}

const polyvirt = (...words: readonly string[]): Promise<Ended> =>
  execute(process.execPath, [...flags, ...words])

const shell = (script: string): Promise<Ended> =>
  execute('bash', ['-c', `p() { "${process.execPath}" ${flags.join(' ')} "$@"; }; ${script}`])

/** Whether a process has a handler of its own for a signal (proc(5), `SigCgt`). */
function catches(pid: number, signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): boolean {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const caught = BigInt(`0x${/^SigCgt:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`)
  const hangUp = constants.signals.SIGHUP
  // Node handles the other two by itself from the start; the command takes all three at once.
  return [hangUp, constants.signals[signal]].every(
    (one) => ((caught >> BigInt(one - 1)) & 1n) === 1n,
  )
}

describe('the process', () => {
  it('runs commands, and prints no warnings of Node', async () => {
    expect(await polyvirt('domid', 'test')).toEqual({ code: 0, stdout: '1\n\n', stderr: '' })
    expect((await polyvirt('domid', 'nope')).code).toBe(1)
  })

  it('reports a connection that fails before it does anything', async () => {
    expect(await polyvirt('-c', 'bad:', 'echo a')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'error: failed to connect to the hypervisor\nerror: internal error: no such place\n',
    })
  })

  it('takes a reader that goes away for no error, and carries on', async () => {
    const many = 'list; '.repeat(3000)
    const { stdout, stderr } = await shell(
      `p '${many} suspend test; domstate test' | head -1; echo "\${PIPESTATUS[@]}"; p list | true; echo "\${PIPESTATUS[@]}"`,
    )
    expect([stdout, stderr]).toEqual([' Id   Name   State\n0 0\n0 0\n', ''])
  })

  it('runs with standard output closed, and fails where it loses what it printed', async () => {
    const { stdout, stderr } = await shell('p list >&-; echo $?; p list > /dev/full; echo $?')
    expect(stdout).toBe('0\n1\n')
    expect(stderr).toMatch(/^error: ENOSPC/)
  })

  it.each([
    ['where letters are Turkish', { LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' }],
    ['without a home', { HOME: undefined }],
    ['in a home that is not there', { HOME: '/nonexistent' }],
    ['with nothing set at all', { HOME: undefined, PATH: undefined, TERM: undefined }],
  ])('says the same %s', async (_where, environment) => {
    const set = { PATH: process.env['PATH'], HOME: directory, ...environment }
    const given = Object.entries(set).filter(([, value]) => value !== undefined)
    const env = Object.fromEntries(given)
    const words = [...flags, 'DOMINFO; dominfo test; quit']
    const { code, stdout, stderr } = await execute(process.execPath, words, { env })
    expect([code, stdout, stderr]).toEqual([
      1,
      '',
      "error: unknown command: 'DOMINFO'\nhint: did you mean 'dominfo'?\n",
    ])
    const shown = await execute(process.execPath, flags, { env, input: 'domid test\nquit\n' })
    expect([shown.code, shown.stderr]).toEqual([0, ''])
    expect(shown.stdout).toContain('polyvirt # domid test\n1\n')
  })

  it('says everything in its order where both streams are one', async () => {
    const { stdout } = await shell("printf 'domid test\\ndomid no\\ndomid test\\n' | p 2>&1")
    const [good, bad] = ['domid test\n1\n', "domid no\nerror: failed to get domain 'no'\n"]
    expect(stdout.split('polyvirt # ').slice(1)).toEqual([
      `${good}\n`,
      `${bad}\n`,
      `${good}\n`,
      '\n',
    ])
  })

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'is ended by a %s between two commands of a shell as any program is',
    async (signal) => {
      const child = spawn(process.execPath, flags, { stdio: ['pipe', 'pipe', 'inherit'] })
      children.push(child)
      const answered = Promise.withResolvers<void>()
      let text = ''
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
        if (text.includes('domid test\n1\n')) answered.resolve()
      })
      child.stdin.write('domid test\n')
      await answered.promise
      // What it printed has come, and what it has to do behind that is done a moment later.
      await new Promise((resolve) => setTimeout(resolve, 300))
      const ended = Promise.withResolvers<readonly unknown[]>()
      child.once('close', (...how) => ended.resolve(how))
      child.kill(signal)
      expect(await ended.promise).toEqual([null, signal])
    },
  )

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('ends in order at a %s', async (signal) => {
    const child = spawn(process.execPath, [...flags, 'event', '--all', '--loop'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    children.push(child)
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    // Of a process that waits there is only this to see: it has something to do at a signal.
    while (!catches(child.pid ?? 0, signal)) await new Promise((resolve) => setTimeout(resolve, 20))
    await new Promise((resolve) => setTimeout(resolve, 500))
    child.kill(signal)
    const { promise, resolve } = Promise.withResolvers<number | null>()
    child.once('close', resolve)
    expect(await promise).toBe(1)
    expect(text).toBe('event loop interrupted\nevents received: 0\n\n')
  })

  it('stops the guests of a conformance run at an interrupt, and writes what is known', async () => {
    const words = ['conformance', 'run', '--arch', 'ppc64', '--tier', 'live', '--output', directory]
    const child = spawn(process.execPath, [...flags, ...words], {
      env: { PATH: process.env['PATH'], HOME: directory },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    children.push(child)
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      // All that is to be tried is known, and the first of it is under way.
      if (!text.includes(' cases\n') && `${text}${chunk}`.includes(' cases\n')) child.kill('SIGINT')
      text += chunk
    })
    const { promise, resolve } = Promise.withResolvers<number | null>()
    child.once('close', resolve)
    expect(await promise).toBe(130)
    expect(text).toMatch(/\n\d+ passed, 0 failed, \d+ not run, stopped before its end, in \d+ s\n/)
    const kept = JSON.parse(readFileSync(join(directory, 'results.json'), 'utf8')) as object
    expect(kept).toMatchObject({ interrupted: true })
  })

  it('does not leave the shell for a failed command', async () => {
    const { code, stdout, stderr } = await execute(process.execPath, flags, {
      input: 'domid nope\nbogus\nuri\n',
    })
    expect([code, stderr]).toEqual([
      0,
      "error: failed to get domain 'nope'\nerror: unknown command: 'bogus'\n",
    ])
    expect(stdout.endsWith('polyvirt # uri\ntest:///default\n\npolyvirt # \n')).toBe(true)
  })
})

describe('on a terminal', () => {
  /** Runs under util-linux's `script`, with keys typed when their prompt shows. */
  const onTerminal = async (...call: Parameters<typeof rawOnTerminal>): Promise<string> =>
    (await rawOnTerminal(...call)).replaceAll('\r', '')

  async function rawOnTerminal(
    words: readonly string[],
    keys: readonly (readonly [waitFor: string, keys: string])[],
    editor = 'true',
  ): Promise<string> {
    const command = [process.execPath, ...flags, ...words].map((word) => `'${word}'`).join(' ')
    const child = spawn('script', ['-qec', command, '/dev/null'], {
      env: {
        PATH: process.env['PATH'],
        HOME: directory,
        TERM: 'xterm',
        NO_COLOR: '1',
        EDITOR: editor,
      },
    })
    children.push(child)
    let text = ''
    let from = 0
    const left = [...keys]
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      const at = left[0] === undefined ? -1 : text.indexOf(left[0][0], from)
      if (at < 0) return
      from = text.length
      const typed = left.shift()?.[1] ?? ''
      // Key by key, as a person types: a line editor takes a burst of keys for pasted text.
      for (const [index, key] of [...typed].entries()) {
        setTimeout(() => child.stdin.write(key), 150 + index * 40)
      }
    })
    const { promise, resolve } = Promise.withResolvers<void>()
    child.once('close', () => resolve())
    await promise
    return text
  }

  it('has a shell with a prompt, completion, history, and Ctrl-C that does not end it', async () => {
    const text = await onTerminal(
      [],
      [
        // Each completion is asked of the hypervisor, so what it gave is waited for.
        ['polyvirt # ', 'dominf\t'],
        ['dominfo ', 'tes\t'],
        ['test', '\r'],
        ['Security DOI', 'junk\u0003'],
        ['^C', 'event --all --loop\r'],
        ['--loop', '\u0003'],
        ['interrupted', '\u0010\u0010\r'],
        ['Security DOI', 'quit\r'],
      ],
    )
    expect(text).toContain("Type:  'help' for help with commands")
    expect(text).toContain('dominfo test')
    expect(text.match(/UUID: {11}6695eb01/g)).toHaveLength(2)
    expect(text).toContain('event loop interrupted\nevents received: 0\n')
    const history = readFileSync(join(directory, '.cache/polyvirt/history'), 'utf8')
    expect(history).toContain('dominfo test')
    expect(history.trim().split('\n').at(-1)).toBe('quit')
  })

  it('lends the terminal to a console and takes it back', async () => {
    const text = await onTerminal(
      [],
      [
        ['polyvirt # ', 'console test\r'],
        ['login:', 'who\u0003'],
        ['who', '\u001d'],
        ['polyvirt # ', 'hostname\r'],
        ['host.example', '\u0004'],
      ],
    )
    expect(text).toMatch(/Escape character is \^\] \(Ctrl \+ \]\)\n.*guest login:/)
    expect(text).toContain(' who\u0003')
    expect(text).toContain('host.example\n')
  })

  it('changes nothing of what a guest writes, and puts the terminal back', async () => {
    const text = await rawOnTerminal(
      ['console test; uri'],
      [
        ['login:', 'a\nb'],
        ['a\nb', '\u001d'],
      ],
    )
    expect(text).toContain(' a\nb')
    expect(text).toContain('test:///default\r\n')
  })

  it('asks what to do with an edit that is not accepted', async () => {
    writeFileSync(
      join(directory, 'editor'),
      '#!/bin/sh\nsed -i "s/<vcpu.*/<vcpu>x<\\/vcpu>/" "$1"\n',
    )
    chmodSync(join(directory, 'editor'), 0o755)
    const text = await onTerminal(
      ['edit test'],
      [
        ['[y,n,i,f,?]: ', '?\r'],
        ['print this help', 'n\r'],
      ],
      join(directory, 'editor'),
    )
    expect(text).toContain(
      "error: XML error: edited XML:6:3: /domain/vcpu: Invalid value 'x' for vcpu\n",
    )
    expect(text).toContain('i - turn off validation and try to redefine again\n')
  })
})

describe('bin/polyvirt', () => {
  const script = join(import.meta.dirname, '../bin/polyvirt')

  /** A checkout, built: what main.js sees of its call is what it prints. */
  function checkout(built = true): string {
    const home = join(directory, 'check out/packages/cli')
    mkdirSync(join(home, 'bin'), { recursive: true })
    writeFileSync(join(home, 'bin/polyvirt'), readFileSync(script))
    chmodSync(join(home, 'bin/polyvirt'), 0o755)
    if (built) {
      mkdirSync(join(home, 'dist'))
      writeFileSync(
        join(home, 'dist/main.js'),
        'console.log(JSON.stringify([process.execPath, process.argv.slice(2), process.env.POLYVIRT_INVOKED_AS]))',
      )
    }
    return join(home, 'bin/polyvirt')
  }

  /** A Node that says which one it is. */
  function fakeNode(path: string, name: string): void {
    mkdirSync(join(directory, path), { recursive: true })
    writeFileSync(join(directory, path, 'node'), `#!/bin/sh\necho ${name} "$#"\n`)
    chmodSync(join(directory, path, 'node'), 0o755)
  }

  const env = (extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
    PATH: '/usr/bin:/bin',
    HOME: directory,
    ...extra,
  })

  it('runs from any directory and through links, and passes every word as it is', async () => {
    const real = checkout()
    mkdirSync(join(directory, 'bin'))
    const link = join(directory, 'bin/pv')
    symlinkSync(real, join(directory, 'bin/polyvirt'))
    symlinkSync('polyvirt', link)
    const words = ['a b', '', '*', '--', '$x']
    const { stdout, stderr } = await execute(link, words, {
      env: env({ POLYVIRT_NODE: process.execPath }),
      cwd: '/',
    })
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual([process.execPath, words, link])
    const onPath = await execute('sh', ['-c', 'pv x'], {
      env: env({
        POLYVIRT_NODE: process.execPath,
        PATH: `${join(directory, 'bin')}:/usr/bin:/bin`,
      }),
      cwd: '/tmp',
    })
    expect(JSON.parse(onPath.stdout)).toEqual([process.execPath, ['x'], link])
    const relative = await execute('sh', ['-c', './bin/pv y'], {
      env: env({ POLYVIRT_NODE: process.execPath }),
      cwd: directory,
    })
    expect((JSON.parse(relative.stdout) as unknown[])[1]).toEqual(['y'])
  })

  it('finds itself through folders that are links, and where it is called by its bare name', async () => {
    const bin = dirname(checkout())
    symlinkSync(bin, join(directory, 'bin'))
    const node = env({ POLYVIRT_NODE: process.execPath })
    const called = await execute(join(directory, 'bin/polyvirt'), ['x'], { env: node })
    expect(JSON.parse(called.stdout)).toEqual([
      process.execPath,
      ['x'],
      join(directory, 'bin/polyvirt'),
    ])
    const bare = await execute('sh', ['polyvirt', 'y'], { env: node, cwd: bin })
    expect((JSON.parse(bare.stdout) as unknown[])[1]).toEqual(['y'])
  })

  it('picks POLYVIRT_NODE, then the project`s own, then the one on PATH', async () => {
    const real = checkout()
    fakeNode('path', 'path')
    const PATH = `${join(directory, 'path')}:/usr/bin:/bin`
    const which = async (extra: NodeJS.ProcessEnv): Promise<string> =>
      (await execute(real, [], { env: env({ PATH, ...extra }) })).stdout
    expect(await which({})).toBe('path 1\n')
    const platform = (await execute('uname', ['-s', '-m'])).stdout.trim().replace(' ', '-')
    fakeNode(`.cache/polyvirt/tools/node-24-Other-vax/node_modules/.bin`, 'vax')
    fakeNode(`.cache/polyvirt/tools/node-24-${platform}/node_modules/.bin`, 'own')
    expect(await which({})).toBe('own 1\n')
    fakeNode('xdg/polyvirt/tools/node_modules/.bin', 'xdg')
    expect(await which({ XDG_CACHE_HOME: join(directory, 'xdg') })).toBe('xdg 1\n')
    expect(await which({ XDG_CACHE_HOME: 'relative' })).toBe('own 1\n')
    fakeNode('chosen', 'chosen')
    expect(await which({ POLYVIRT_NODE: join(directory, 'chosen/node') })).toBe('chosen 1\n')
  })

  it('looks after guests without compiled code, which takes memory for as long as it runs', async () => {
    const real = checkout()
    fakeNode('plain', 'plain')
    const node = join(directory, 'plain/node')
    writeFileSync(node, '#!/bin/sh\nprintf "%s\\n" "$@"\n')
    const run = async (...words: readonly string[]): Promise<readonly string[]> => {
      const { stdout } = await execute(real, words, { env: env({ POLYVIRT_NODE: node }) })
      return stdout.trimEnd().split('\n')
    }
    const main = join(dirname(real), '../dist/main.js')
    const shown = (words: readonly string[]) => words.map((one) => normalize(one))
    expect(shown(await run('-c', 'a b', 'supervise', '--autostart'))).toEqual([
      '--lite-mode',
      normalize(main),
      '-c',
      'a b',
      'supervise',
      '--autostart',
    ])
    expect(shown(await run('top', '--once'))).toEqual([normalize(main), 'top', '--once'])
  })

  it('gives what ends soon the room to end before anything is collected', async () => {
    const real = checkout()
    const { stdout } = await execute(real, ['list'], {
      env: env({ POLYVIRT_NODE: process.execPath }),
    })
    expect((JSON.parse(stdout) as unknown[])[1]).toEqual(['list'])
    fakeNode('plain', 'plain')
    writeFileSync(join(directory, 'plain/node'), '#!/bin/sh\nprintf "%s\\n" "$@"\n')
    const shown = await execute(real, ['list'], {
      env: env({ POLYVIRT_NODE: join(directory, 'plain/node') }),
    })
    expect(shown.stdout.split('\n')[0]).toBe('--min-semi-space-size=16')
  })

  it('is not bent by what another program set for Node', async () => {
    const real = checkout()
    const { code, stdout, stderr } = await execute(real, ['list'], {
      env: env({
        POLYVIRT_NODE: process.execPath,
        NODE_OPTIONS: '--require /no/such/file.js --bogus',
        NODE_PATH: directory,
      }),
    })
    expect([code, stderr]).toEqual([0, ''])
    expect((JSON.parse(stdout) as unknown[]).slice(0, 2)).toEqual([process.execPath, ['list']])
  })

  it('says what to run where something is missing', async () => {
    const unbuilt = await execute(checkout(false), [], { env: env() })
    expect(unbuilt.code).toBe(1)
    expect(unbuilt.stderr).toBe(
      `error: ${directory}/check out/packages/cli is not built; run: ${directory}/check out/scripts/dev pnpm build\n`,
    )
    const tools = join(directory, 'tools')
    mkdirSync(tools)
    for (const name of ['sh', 'readlink', 'dirname'])
      symlinkSync(`/usr/bin/${name}`, join(tools, name))
    const nodeless = await execute(checkout(), ['list'], { env: env({ PATH: tools }) })
    expect(nodeless.code).toBe(1)
    expect(nodeless.stderr).toMatch(
      /^error: polyvirt needs Node 22\.18 or newer, and there is none; run: /,
    )
  })

  it('is written for any POSIX shell', async () => {
    const { code, stderr } = await execute('sh', ['-n', script])
    expect([code, stderr]).toEqual([0, ''])
  })
})
