import { describe, expect, it } from 'vitest'
import { formatExplanation } from '../src/output/format-explanation.ts'

const entry = (
  path: string,
  value: string,
  reason: string,
  owner = '@polyvirt/core',
): {
  readonly path: string
  readonly value: string
  readonly rule: string
  readonly owner: string
  readonly reason: string
} => ({ path, value, rule: 'a/b', owner, reason })

const explanation = {
  name: 'web',
  arch: 'ppc64le',
  machine: 'pseries',
  warnings: [],
  xml: '',
  capabilities: [],
  entries: [
    entry('devices/disk[10]/@device', 'disk', 'r'),
    entry('os/type/@machine', 'pseries', 'r', '@x/arch'),
    entry('devices/controller[1]', 'type pci, index 0', 'r', '@x/arch'),
    entry('devices/disk[2]/target/@bus', 'scsi', 'r'),
    entry('clock', '{"offset":"utc","n":[1]}', 'r'),
    entry('devices/disk[2]/address', '0:0', 'one two three four five six seven eight'),
    entry('devices/controller[1]/address', '0000:00:01.0', 'r'),
  ],
}

describe('an explanation', () => {
  it('goes element by element, the domain`s first, in columns that fit the terminal', () => {
    const text = formatExplanation(explanation, { quiet: false, columns: 72 })
    expect(text).toBe(`Domain 'web' on ppc64le, machine pseries: 7 added

 Path                       Value               Reason (rule)
------------------------------------------------------------------------
 os/type/@machine           pseries             r (a/b*)
 clock                      offset utc, n [1]   r (a/b)
 devices/disk[2]
   target/@bus              scsi                r (a/b)
   address                  0:0                 one two three four five
                                                six seven eight (a/b)
 devices/disk[10]/@device   disk                r (a/b)
 devices/controller[1]      type pci, index 0   r (a/b*)
   address                  0000:00:01.0        r (a/b)

* rule of @x/arch
`)
    expect(formatExplanation(explanation, { quiet: false })).toContain(
      ' one two three four five six seven eight (a/b)\n',
    )
  })

  it('shows which capabilities of the machine were granted, where some were negotiated', () => {
    const capabilities = [
      {
        path: 'features/cfpc',
        default: 'workaround',
        offered: ['broken', 'workaround'],
        granted: 'workaround',
      },
      { path: 'features/\u202ehtm', requested: 'on', offered: [] },
    ]
    const text = formatExplanation({ ...explanation, capabilities }, { quiet: false })
    expect(text).toContain(`
Machine capabilities on this host

 Capability           Requested   Default      Granted      Offered
--------------------------------------------------------------------------------
 features/cfpc        -           workaround   workaround   broken, workaround
 features/\\u202ehtm   on          -            -            -
`)
  })

  it('is one line for each addition where it is for a program', () => {
    const lines = formatExplanation(explanation, { quiet: true, columns: 40 }).trimEnd().split('\n')
    expect(lines).toHaveLength(7)
    expect(lines[1]).toMatch(/^ os\/type\/@machine +pseries +a\/b +@x\/arch +r$/)
  })
})
