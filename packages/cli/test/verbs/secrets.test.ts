import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readHidden } from '../../src/console/read-hidden.ts'
import { plainTerminal } from '../../src/terminal.ts'
import { FakeTerminal, until } from '../fake-terminal.ts'
import { Collector } from '../run-in-memory.ts'
import { realPolyvirt } from './real-polyvirt.ts'

const packages = join(import.meta.dirname, '../../..')
const timeout = 60_000
const uuid = '00000000-0000-4000-8000-000000000001'

describe('secrets', { timeout }, () => {
  const real = realPolyvirt({ POLYVIRT_ARCH_PATH: `${packages}/secret` })
  const xml = `<secret private='no'><uuid>${uuid}</uuid><usage type='ceph'><name>client.admin</name></usage></secret>`

  it('are defined, given a value, told and forgotten as virsh does', async () => {
    const said = await real.answers(
      `secret-define ${real.file('s.xml', xml)}`,
      'secret-list',
      'secret-list --ephemeral',
      'secret-list --no-ephemeral --no-private',
      `secret-dumpxml ${uuid}`,
      `secret-set-value ${uuid} --file ${real.file('base64', 'c2Vz\nYW1l\n')}`,
      `secret-get-value ${uuid}`,
      `secret-get-value ${uuid} --plain`,
      `secret-set-value ${uuid} --file ${real.file('plain', 'barley')} --plain`,
      `secret-get-value ${uuid} --plain`,
      `secret-undefine ${uuid}`,
      'secret-list',
    )
    expect(said[1]).toBe(` ${uuid}   ceph client.admin\n`)
    expect(said[2]).toBe('')
    expect(said[3]).toBe(said[1])
    expect(said[4]).toContain("<secret ephemeral='no' private='no'>")
    expect([said[6], said[7], said[9]]).toEqual(['c2VzYW1l', 'sesame', 'barley'])
    expect(said[11]).toBe('')
  })

  it('tell what is wrong, and never what the value is', async () => {
    await real.run('secret-define', real.file('s.xml', xml))
    const bytes = real.file('bytes', '/wD/')
    const { stderr, stdout } = await real.run(
      [
        'secret-dumpxml nix',
        'secret-get-value 00000000-0000-4000-8000-000000000002',
        `secret-get-value ${uuid}`,
        `secret-set-value ${uuid}`,
        `secret-set-value ${uuid} --base64 'open sesame!'`,
        `secret-set-value ${uuid} --file ${bytes} --interactive`,
        `secret-set-value ${uuid} --interactive`,
        `secret-set-value ${uuid} --file ${bytes}`,
        `secret-get-value ${uuid} --plain`,
      ].join('; '),
    )
    expect(stdout.trim()).toBe('Secret value set')
    expect(stderr).toBe(
      "error: failed to get secret 'nix'\n" +
        "error: invalid argument: 'nix' is not a UUID, by which secrets are named; secret-list shows them\n" +
        "error: failed to get secret '00000000-0000-4000-8000-000000000002'\n" +
        "error: Secret not found: no secret with matching uuid '00000000-0000-4000-8000-000000000002'\n" +
        `error: Secret not found: secret '${uuid}' does not have a value; give it one with secret-set-value\n` +
        'error: Input secret value is missing\n' +
        'warning: every user of this machine can read a value on the command line; use --file or --interactive\n' +
        'error: what stands after --base64 is no base64; --plain takes a file as it is\n' +
        'error: Options --file and --interactive are mutually exclusive\n' +
        'error: there is no terminal to read from; use --file\n' +
        'error: the value is no text; leave --plain out to get it as base64\n',
    )
    const refused = await real.run('--readonly', 'secret-get-value', uuid)
    expect(refused).toMatchObject({ code: 1, stdout: '\n' })
    expect(refused.stderr).toContain('read only access prevents')
  })
})

describe('a line that is not shown', () => {
  const typed = async (keys: string): Promise<{ line: string | undefined; shown: string }> => {
    const keyboard = new FakeTerminal()
    const screen = new Collector(true)
    const line = readHidden(
      plainTerminal(() => keyboard, screen),
      'Enter: ',
    )
    await until(() => keyboard.raw)
    keyboard.write(keys)
    return { line: await line, shown: screen.text }
  }

  it('is what was typed until Enter, without what was rubbed out', async () => {
    expect(await typed('sesx\u007fame\rrest')).toEqual({ line: 'sesame', shown: 'Enter: \n' })
  })

  it.each(['\u0003', '\u0004'])('is given up by %j', async (key) => {
    expect((await typed(`ses${key}`)).line).toBe(undefined)
  })
})
