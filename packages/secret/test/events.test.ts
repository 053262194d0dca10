import { expect, it, vi } from 'vitest'
import { listen, openIn, secretXml, tempDir, uuidOf } from './support/open.ts'

it('tells what happens to secrets, kept or not, and that they have another value', async () => {
  const hypervisor = await openIn(tempDir())
  const heard = await listen(
    (signal) => hypervisor.secretEvents({ signal }),
    () => hypervisor.secretDefineXml(secretXml(9, '')),
  )
  const usage = `<usage type='ceph'><name>a</name></usage>`
  await hypervisor.secretDefineXml(secretXml(1, usage, `ephemeral='yes'`))
  await hypervisor.secretDefineXml(secretXml(1, usage, `ephemeral='yes'`))
  await hypervisor.secretDefineXml(secretXml(1, usage))
  await hypervisor.secretSetValue(uuidOf(1), Buffer.from('sesame'))
  await hypervisor.secretDefineXml(secretXml(1, usage, `ephemeral='yes'`))
  await hypervisor.secretUndefine(uuidOf(1))
  await vi.waitFor(() => expect(heard.at(-1)).toMatchObject({ event: 'undefined' }))
  expect(heard.map(({ event }) => event)).toEqual([
    ...['defined', 'defined', 'defined', 'value-changed', 'defined', 'undefined'],
  ])
  expect(new Set(heard.map(({ secret }) => secret.uuid))).toEqual(new Set([uuidOf(1)]))
})
