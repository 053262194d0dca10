import { describe, expect, it } from 'vitest'
import { selectByXpath } from '../../src/xml/select-by-xpath.ts'

const document = `<domain type='qemu'>
  <name>xp</name>
  <metadata>
    <a:x xmlns:a="http://a.org/">
      <a:y>1 &lt; 2</a:y>
    </a:x>
  </metadata>
  <memory unit='KiB'>65536</memory>
  <os>
    <type arch='x86_64'>hvm</type>
  </os>
  <devices>
    <disk type='file' device='disk'>
      <source file='/tmp/a&amp;"b.img'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <disk type='file' device='disk'>
      <source file='/tmp/b.img'/>
      <target dev='vdb' bus='virtio'/>
    </disk>
  </devices>
</domain>
`

// What virsh 9.0 prints for this document.
describe('a part of a document', () => {
  it.each([
    [
      "//disk[target/@dev='vdb']",
      `<disk type="file" device="disk">\n  <source file="/tmp/b.img"/>\n  <target dev="vdb" bus="virtio"/>\n</disk>\n`,
    ],
    ['//target', `<target dev="vda" bus="virtio"/>\n<target dev="vdb" bus="virtio"/>\n`],
    ['//disk/source/@file', ` file="/tmp/a&amp;&quot;b.img"\n file="/tmp/b.img"\n`],
    ['/domain/name/text()', 'xp\n'],
    ['/domain/os/type/text()|//memory', '<memory unit="KiB">65536</memory>\nhvm\n'],
    ['//*[local-name()="y"]', '<a:y>1 &lt; 2</a:y>\n'],
    [
      '/domain/metadata',
      `<metadata>\n  <a:x xmlns:a="http://a.org/">\n    <a:y>1 &lt; 2</a:y>\n  </a:x>\n</metadata>\n`,
    ],
    ['//nothing', ''],
    ['//comment()', ''],
  ])('%s', (expression, printed) => {
    expect(selectByXpath(document, expression, false)).toBe(printed)
  })

  it.each([
    [
      '//disk/target',
      `<nodes>\n  <target dev="vda" bus="virtio"/>\n  <target dev="vdb" bus="virtio"/>\n</nodes>\n`,
    ],
    ['//source/@file', `<nodes file="/tmp/b.img"/>\n`],
    ['//nothing', '<nodes/>\n'],
    ['/domain/name/text()', '<nodes>xp</nodes>\n'],
    [
      '/domain/metadata/*',
      `<nodes>\n  <a:x xmlns:a="http://a.org/">\n    <a:y>1 &lt; 2</a:y>\n  </a:x>\n</nodes>\n`,
    ],
  ])('%s in one element', (expression, printed) => {
    expect(selectByXpath(document, expression, true)).toBe(printed)
  })

  it('may be named with the prefixes of the document', () => {
    expect(selectByXpath(document, '//a:y/text()', false)).toBe('1 &lt; 2\n')
  })

  it('is the whole of it', () => {
    const whole = selectByXpath(document, '/', false)
    expect(whole).toMatch(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n<domain type="qemu">\n/)
    expect(whole.split('\n').slice(1).join('\n')).toBe(
      document
        .replaceAll(/(?<==)'([^'"]*)'/g, '"$1"')
        .replace(`='/tmp/a&amp;"b.img'`, '="/tmp/a&amp;&quot;b.img"'),
    )
  })

  it.each([
    ['//[', "invalid XPath expression '//[': "],
    ['//b:y', "invalid XPath expression '//b:y': "],
    ['', "invalid XPath expression '': "],
    ['count(//disk)', "Incorrect xpath 'count(//disk)': it selects no part of the document; write"],
    ['string(/domain/name)', "Incorrect xpath 'string(/domain/name)'"],
  ])('%s is refused', (expression, message) => {
    expect(() => selectByXpath(document, expression, false)).toThrow(message)
  })
})
