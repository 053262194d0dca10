import { describe, expect, it } from 'vitest'
import { runProgram } from '../../src/run/run-program.ts'

describe('a program that is run to its end', () => {
  it('gets its arguments as they are, and nothing of our environment', async () => {
    const { stdout } = await runProgram('sh', ['-c', 'echo "$1"; env', 'sh', 'a b;$HOME'])
    const [first, ...rest] = stdout.split('\n')
    expect(first).toBe('a b;$HOME')
    expect(rest.filter((line) => /^(HOME|USER|NODE)/.test(line))).toEqual([])
  })

  it('that fails is quoted with its last words', async () => {
    await expect(runProgram('sh', ['-c', 'echo no such thing >&2; exit 3'])).rejects.toThrow(
      /sh -c .*: no such thing$/,
    )
  })

  it('that is not there is named with what brings it', async () => {
    const asked = runProgram('no-such-program', [], { install: 'apt-get install it' })
    await expect(asked).rejects.toThrow(
      "the program 'no-such-program' is not installed; install it with: apt-get install it",
    )
  })

  it('is ended by its time and by its signal, each with a code', async () => {
    const late = runProgram('sleep', ['60'], { timeoutMs: 20 })
    await expect(late).rejects.toMatchObject({ code: 'ERR_OPERATION_TIMEOUT' })
    const aborted = runProgram('sleep', ['60'], { signal: AbortSignal.timeout(20) })
    await expect(aborted).rejects.toMatchObject({ code: 'ERR_OPERATION_ABORTED' })
  })
})
