import { expect, test } from 'vitest'
import { inSteps } from '../../src/qemu/memory-layout.ts'
import { parseDomain } from '../../src/xml/parse-domain.ts'

const block = 262_144

function memoryOf(inside: string) {
  const { domain } = parseDomain(
    `<domain type='qemu'><name>a</name><os><type>hvm</type></os>${inside}</domain>`,
  )
  const { memoryKiB, currentMemoryKiB, maxMemoryKiB, cpu } = inSteps(domain, block)
  return [memoryKiB, currentMemoryKiB, maxMemoryKiB, ...(cpu?.numa ?? []).map((c) => c.memoryKiB)]
}

// As libvirt 9.0 shows a pseries guest that runs.
test.each([
  ['<memory>307200</memory><currentMemory>307200</currentMemory>', [524_288, 524_288, undefined]],
  ['<memory>307200</memory><currentMemory>102400</currentMemory>', [524_288, 102_400, undefined]],
  ['<memory>524288</memory><currentMemory>524288</currentMemory>', [524_288, 524_288, undefined]],
  [
    `<maxMemory slots='2'>600000</maxMemory><memory>569344</memory><devices><memory model='dimm'><target><size>262144</size></target></memory></devices>`,
    [786_432, undefined, 786_432],
  ],
  [
    `<memory>307200</memory><cpu><numa><cell id='0' cpus='0' memory='102400'/><cell id='1' cpus='1' memory='204800'/></numa></cpu>`,
    [524_288, undefined, undefined, block, block],
  ],
])('memory in steps of 256 MiB: %s', (inside, expected) => {
  expect(memoryOf(inside)).toEqual(expected)
})
