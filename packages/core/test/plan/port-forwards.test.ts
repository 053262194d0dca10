import { describe, expect, it } from 'vitest'
import { planToy, toyXml } from '../support/plan-toy.ts'

const card = (forward: string, type = 'user', backend = ''): string =>
  toyXml({ devices: `<interface type='${type}'>${backend}${forward}</interface>` })

function forwarded(forward: string): readonly string[] {
  const argv = planToy(card(forward)).argv()
  const netdev = JSON.parse(argv[argv.indexOf('-netdev') + 1] ?? '{}') as {
    readonly hostfwd?: readonly { readonly str: string }[]
  }
  return (netdev.hostfwd ?? []).map(({ str }) => str)
}

describe('ports that lead to a guest', () => {
  it('are open on loopback alone where no address is named', () => {
    expect(
      forwarded(`<portForward proto='tcp'><range start='2222' to='22'/></portForward>`),
    ).toEqual(['tcp:127.0.0.1:2222-:22'])
  })

  it('are open where the document says, one by one', () => {
    expect(
      forwarded(
        `<portForward proto='udp' address='0.0.0.0'><range start='5000' end='5002' to='6000'/></portForward>`,
      ),
    ).toEqual(['udp:0.0.0.0:5000-:6000', 'udp:0.0.0.0:5001-:6001', 'udp:0.0.0.0:5002-:6002'])
  })

  it('are less those that are excluded', () => {
    expect(
      forwarded(
        `<portForward proto='tcp'><range start='80' end='82'/><range start='81' exclude='yes'/></portForward>`,
      ),
    ).toEqual(['tcp:127.0.0.1:80-:80', 'tcp:127.0.0.1:82-:82'])
  })

  const range = `<range start='80'/>`
  const refused: readonly (readonly [string, string, string])[] = [
    [`<portForward proto='tcp'/>`, 'portForward[1]', 'ports that are named'],
    [
      `<portForward proto='tcp' dev='eth0'>${range}</portForward>`,
      'portForward[1]/@dev',
      'listens on an address',
    ],
    [
      `<portForward proto='tcp' address='::1'>${range}</portForward>`,
      'portForward[1]/@address',
      'IPv4 only',
    ],
    [
      `<portForward proto='tcp'><range start='90' end='80'/></portForward>`,
      'portForward[1]/range[1]',
      'before its start',
    ],
    [
      `<portForward proto='tcp'><range start='80' end='90' to='65530'/></portForward>`,
      'portForward[1]/range[1]',
      'behind 65535',
    ],
    [
      `<portForward proto='tcp'><range start='1' end='60000'/></portForward>`,
      'portForward[1]',
      'at most 1024',
    ],
  ]
  it.each(refused)('%s is refused with the way out', (forward, path, says) => {
    expect(() => planToy(card(forward))).toThrow(
      expect.objectContaining({
        problems: [
          expect.objectContaining({
            path: `devices/interface[1]/${path}`,
            message: expect.stringContaining(says) as string,
          }),
        ],
      }),
    )
  })

  it('are a user network’s only', () => {
    const xml = toyXml({
      devices: `<interface type='bridge'><source bridge='br0'/><portForward proto='tcp'>${range}</portForward></interface>`,
    })
    expect(() => planToy(xml)).toThrow(/only an interface of type 'user' forwards ports/)
  })
})
