import { expect, test } from 'vitest'
import { domainError } from '../../src/errors.ts'
import { explainPlug } from '../../src/hypervisor/live/explain-plug.ts'
import { parseDomain } from '../../src/xml/parse-domain.ts'
import { testArch } from '../support/test-arch.ts'

const domain = (features: string) =>
  parseDomain(`<domain type='qemu'><name>a</name><os><type>hvm</type></os>${features}</domain>`)
    .domain

// QEMU's own words.
const refused = domainError(
  'ERR_INTERNAL_ERROR',
  `unable to execute QEMU command 'device_add': Bus 'pci.0' does not support hotplugging`,
)

test('a bus that plugs nothing for want of ACPI is explained, with the way out', () => {
  expect(explainPlug(refused, domain(''), testArch)).toMatchObject({
    code: 'ERR_INTERNAL_ERROR',
    message: expect.stringMatching(
      /Bus 'pci\.0' does not support hotplugging; this guest has no ACPI.*add <acpi\/> to <features>, and start it anew$/,
    ),
    cause: refused,
  })
})

test('what has another reason stays as it is', () => {
  expect(explainPlug(refused, domain('<features><acpi/></features>'), testArch)).toBe(refused)
  const { acpi: _, ...supported } = testArch.features.supported
  const without = { ...testArch, features: { ...testArch.features, supported } }
  expect(explainPlug(refused, domain(''), without)).toBe(refused)
  const other = domainError('ERR_INTERNAL_ERROR', 'no more slots')
  expect(explainPlug(other, domain(''), testArch)).toBe(other)
})
