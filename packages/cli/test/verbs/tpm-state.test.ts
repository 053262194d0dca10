import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { realPolyvirt } from './real-polyvirt.ts'

const real = realPolyvirt()

const uuid = '5f999c04-262c-47dd-96bd-5546f5ac1c1d'

/** A definition whose TPM has been used. */
async function defined(words: string): Promise<string> {
  const file = real.file(
    't.xml',
    `<domain type='qemu'><name>t</name><uuid>${uuid}</uuid><memory>65536</memory>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <devices><tpm><backend type='emulator' version='2.0' ${words}/></tpm></devices></domain>`,
  )
  await real.answers(`define ${file}`)
  const state = join(real.folder, 'root/lib/swtpm', uuid)
  mkdirSync(state, { recursive: true, mode: 0o700 })
  writeFileSync(join(state, 'tpm2-00.permall'), '')
  return state
}

// As libvirt 9.0 does.
it.each([
  ['goes with the definition', '', 'undefine t', false],
  ['stays where that is asked for', '', 'undefine t --keep-tpm', true],
  ['stays where the document says so', "persistent_state='yes'", 'undefine t', true],
  ['goes where that is asked for', "persistent_state='yes'", 'undefine t --tpm', false],
])('the state of a TPM %s', async (_, words, command, kept) => {
  const state = await defined(words)
  expect((await real.run(command)).stderr).toBe('')
  expect(existsSync(state)).toBe(kept)
  expect((await real.run('-q', 'list', '--all', '--name')).stdout.trim()).toBe('')
})

it('cannot both go and stay', async () => {
  const { code, stderr } = await real.run('undefine', 't', '--tpm', '--keep-tpm')
  expect([code, stderr]).toEqual([
    1,
    'error: Options --tpm and --keep-tpm are mutually exclusive\n',
  ])
})
