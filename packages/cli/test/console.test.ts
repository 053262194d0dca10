import { describe, expect, it, vi } from 'vitest'
import { createInterrupts } from '../src/interrupts.ts'
import { describeEscape, escapeByte } from '../src/console/escape-character.ts'
import { attachConsole } from '../src/console/attach-console.ts'
import type { Context } from '../src/command.ts'
import { Output } from '../src/output/output.ts'
import { defaultSettings } from '../src/parse/settings.ts'
import { plainTerminal } from '../src/terminal.ts'
import { FakeTerminal, until } from './fake-terminal.ts'
import { testDefault } from './memory-hypervisor.ts'
import { Collector, run } from './run-in-memory.ts'

describe('the escape character', () => {
  it.each([
    ['^]', 0x1d, '^] (Ctrl + ])'],
    ['^a', 0x01, '^a (Ctrl + a)'],
    ['^A', 0x01, '^A (Ctrl + A)'],
    ['q', 0x71, 'q'],
  ])('%s', (escape, byte, description) => {
    expect(escapeByte(escape)).toBe(byte)
    expect(describeEscape(escape)).toBe(description)
  })
})

describe('a console', () => {
  it('passes bytes both ways, raw, until the escape character', async () => {
    const hypervisor = await testDefault()
    const input = new FakeTerminal()
    const running = run(['console', 'test'], { hypervisor, input })
    await until(() => hypervisor.consoles.length > 0 && input.raw)
    const [stream] = hypervisor.consoles
    input.write('root\r')
    await until(() => stream?.written === 'root\r')
    input.write('\u0003\u001bOA')
    await until(() => stream?.written.endsWith('OA') ?? false)
    input.write('last\u001dnot this')
    const { code, stdout, stderr } = await running
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^Connected to domain 'test'\nEscape character is \^\] \(Ctrl \+ \]\)\n/)
    expect(stdout).toContain('\n\u001b[1mguest login:\u001b[0m ')
    expect(stdout).toContain('root\r')
    expect(stdout.endsWith('\n')).toBe(true)
    expect(stream?.written).toBe('root\r\u0003\u001bOAlast')
    expect(input.modes).toEqual([true, false])
    expect(input.listenerCount('data')).toBe(0)
  })

  it('ends when the guest ends it, and gives the terminal back', async () => {
    const hypervisor = await testDefault()
    const input = new FakeTerminal()
    const running = run(['-e', '^x', '-q', 'console', 'test', '--devname', 'console1'], {
      ...{ hypervisor, input },
    })
    await until(() => hypervisor.consoles.length > 0 && input.raw)
    hypervisor.consoles[0]?.say('bye\r\n')
    await hypervisor.consoles[0]?.close()
    const { code, stdout } = await running
    expect([code, stdout]).toEqual([0, '\u001b[1mguest login:\u001b[0m bye\r\n'])
    expect(hypervisor.consoles[0]?.device).toBe('console1')
    expect(input.raw).toBe(false)
  })

  it('follows a start', async () => {
    const hypervisor = await testDefault()
    await hypervisor.domainDestroy('test')
    const input = new FakeTerminal()
    const running = run(['start', 'test', '--console'], { hypervisor, input })
    await until(() => hypervisor.consoles.length > 0 && input.raw)
    input.write('\u001d')
    const { stdout } = await running
    expect(stdout).toMatch(
      /^Domain 'test' started\nConnected to domain 'test'\nEscape character is /,
    )
    expect(stdout.endsWith('\n')).toBe(true)
  })

  it('does not start what it could not show, nor fail silently', async () => {
    const { code, stderr } = await run(['console', 'test', '--devname', 'nope'], {
      input: new FakeTerminal(),
    })
    expect(code).toBe(1)
    expect(stderr).toBe("error: invalid argument: cannot find character device 'nope'\n")
  })

  it('says after a while what may be the matter with a silent guest', async () => {
    const hypervisor = await testDefault()
    hypervisor.silent = true
    const input = new FakeTerminal()
    const [stdout, stderr] = [new Collector(), new Collector()]
    const output = new Output({ stdout, stderr, environment: {}, noColor: false })
    const context = {
      ...{ output, settings: defaultSettings, terminal: plainTerminal(() => input, stdout) },
      signal: new AbortController().signal,
      hypervisor: () => Promise.resolve(hypervisor),
    } as unknown as Context
    const done = attachConsole({ context, reference: 'test', name: 'test', hintAfterMs: 20 })
    await until(() => stderr.text !== '')
    input.write('\u001d')
    await done
    expect(stderr.text).toMatch(/^hint: serial0 is silent so far\. .*\r\n.*\r\n.*\r\n$/)
    expect(stdout.text).not.toContain('hint')
  })
})

describe('an interrupt', () => {
  it('ends what runs, with 130, and the commands after it', async () => {
    let handler = (): void => {}
    const interrupts = createInterrupts({
      on: (added) => (handler = added),
      off: () => {},
      exit: () => {},
    })
    const hypervisor = await testDefault()
    let asked = false
    hypervisor.domainShutdown = () => {
      asked = true
      return new Promise((_resolve, reject) => setTimeout(() => reject(new Error('aborted')), 50))
    }
    const running = run(['shutdown test; list'], { hypervisor, interrupts })
    await until(() => asked)
    handler()
    const { code, stdout } = await running
    expect([code, stdout]).toEqual([130, '\n'])
  })

  it('ends an event loop as virsh`s', async () => {
    let handler = (): void => {}
    const interrupts = createInterrupts({
      on: (added) => (handler = added),
      off: () => {},
      exit: () => {},
    })
    const running = run(['event', '--all', '--loop'], { interrupts })
    setTimeout(() => handler(), 50)
    expect((await running).stdout).toBe('event loop interrupted\nevents received: 0\n\n')
  })

  it('of a command that lingers ends the process at the second one', () => {
    let handler = (): void => {}
    let exits = 0
    const interrupts = createInterrupts({
      on: (added) => (handler = added),
      off: () => {},
      exit: () => exits++,
    })
    const { signal, stop } = interrupts.listen()
    handler()
    expect([signal.aborted, exits]).toEqual([true, 0])
    handler()
    expect(exits).toBe(1)
    stop()
  })

  it('leaves a command the time that it says it needs to end', () => {
    vi.useFakeTimers()
    try {
      let handler = (): void => {}
      let exits = 0
      const interrupts = createInterrupts({
        on: (added) => (handler = added),
        off: () => {},
        exit: () => exits++,
      })
      const exitsAfter = (graceMs: number | undefined, ms: number): number => {
        exits = 0
        const { stop } = interrupts.listen(graceMs)
        handler()
        vi.advanceTimersByTime(ms)
        stop()
        vi.advanceTimersByTime(600_000)
        return exits
      }
      expect(exitsAfter(undefined, 2999)).toBe(0)
      expect(exitsAfter(undefined, 3000)).toBe(1)
      expect(exitsAfter(60_000, 59_999)).toBe(0)
      expect(exitsAfter(60_000, 60_000)).toBe(1)
    } finally {
      vi.useRealTimers()
    }
  })
})
