import { expect, test } from 'vitest'
import { sysinfoXml } from '../../src/hypervisor/sysinfo-xml.ts'

test('sysinfo is printed by blocks; empty ones are left out, text is escaped', () => {
  const text = sysinfoXml({
    bios: [['vendor', 'A & B']],
    system: [],
    baseBoards: [[['product', 'P1']], [['product', 'P2']]],
    processors: [[['type', 'POWER']]],
    oemStrings: ['one', 'two'],
  })
  expect(text).toBe(`<sysinfo type='smbios'>
  <bios>
    <entry name='vendor'>A &amp; B</entry>
  </bios>
  <baseBoard>
    <entry name='product'>P1</entry>
  </baseBoard>
  <baseBoard>
    <entry name='product'>P2</entry>
  </baseBoard>
  <processor>
    <entry name='type'>POWER</entry>
  </processor>
  <oemStrings>
    <entry>one</entry>
    <entry>two</entry>
  </oemStrings>
</sysinfo>
`)
})
