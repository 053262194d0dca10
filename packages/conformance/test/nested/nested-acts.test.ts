import { describe, expect, it } from 'vitest'
import { nestedActs } from '../../src/nested/nested-acts.ts'
import { toyNested, type NestedDeviation } from './toy-nested.ts'

interface NestedMutant {
  /** Completes "fails a host where …". */
  readonly flaw: string
  readonly caughtBy: string
  readonly because: RegExp
  readonly deviation: NestedDeviation
}

const mutants: readonly NestedMutant[] = [
  {
    flaw: 'KVM does not work',
    caughtBy: 'nested/doctor',
    because: /KVM works/,
    deviation: { answers: { doctor: () => 'toy64: /dev/kvm cannot be used' } },
  },
  {
    flaw: 'half of the memory is told',
    caughtBy: 'nested/nodeinfo',
    because: /500000 KiB/,
    deviation: {
      answers: {
        nodeinfo: () =>
          'CPU model: toy64\nCPU(s): 2\nThread(s) per core: 1\nMemory size: 500000 KiB',
      },
    },
  },
  {
    flaw: 'the processor is not known by its register',
    caughtBy: 'nested/host-info',
    because: /undefined/,
    deviation: { answers: { '--json': () => JSON.stringify({ cpu: { model: 'TOY2' } }) } },
  },
  {
    flaw: 'KVM is not offered',
    caughtBy: 'nested/capabilities',
    because: /kvm/,
    deviation: {
      answers: { capabilities: () => `<model>TOY2</model><arch name='toy64'></arch>` },
    },
  },
  {
    flaw: 'everything can be defined',
    caughtBy: 'nested/refused',
    because: /did not fail/,
    deviation: { answers: { define: () => '' } },
  },
  {
    flaw: 'a refusal does not say what helps',
    caughtBy: 'nested/refused',
    because: /thick shield/,
    deviation: {
      answers: {
        define: () => {
          throw new Error(`shield 'thick' is not granted`)
        },
      },
    },
  },
  {
    flaw: 'what is granted is not written down',
    caughtBy: 'nested/granted',
    because: /dumpxml has no <shield/,
    deviation: { answers: { dumpxml: () => '<domain/>' } },
  },
  {
    flaw: 'one guest ends when another starts',
    caughtBy: 'nested/two-at-once',
    because: /'b'/,
    deviation: { answers: { list: () => 'a\n' } },
  },
  {
    flaw: 'guests find another processor',
    caughtBy: 'nested/two-at-once',
    because: /3/,
    deviation: { pvr: 3 },
  },
  {
    flaw: 'guests find less memory than they have',
    caughtBy: 'nested/two-at-once',
    because: /262144 KiB of memory/,
    deviation: { memoryKiB: 262_144 },
  },
  {
    flaw: 'a process of a guest is left',
    caughtBy: 'nested/two-at-once',
    because: /a folder or a process of a guest is left/,
    deviation: { left: '0\n1' },
  },
  {
    flaw: 'the mode is not given to QEMU',
    caughtBy: 'nested/modes',
    because: /compat=toy1/,
    deviation: { answers: { 'domxml-to-native': () => 'qemu' } },
  },
  {
    flaw: 'QEMU is root',
    caughtBy: 'nested/user',
    because: /'0'/,
    deviation: { uid: 0 },
  },
  {
    flaw: 'a guest with huge pages takes none',
    caughtBy: 'nested/user',
    because: /the guest has no huge pages/,
    deviation: { hugePages: { taken: 0 } },
  },
  {
    flaw: 'huge pages are not given back',
    caughtBy: 'nested/user',
    because: /huge pages are left/,
    deviation: { hugePages: { returned: 200 } },
  },
  {
    flaw: 'limits of a definition are not set',
    caughtBy: 'nested/limits',
    because: /1572864000/,
    deviation: { limits: { atStart: false } },
  },
  {
    flaw: 'limits of a guest that runs stay as they were',
    caughtBy: 'nested/limits',
    because: /1468006400/,
    deviation: { limits: { later: false } },
  },
  {
    flaw: 'the group of a guest stays',
    caughtBy: 'nested/limits',
    because: /'1'/,
    deviation: { limits: { left: 1 } },
  },
  {
    flaw: 'a card has another address',
    caughtBy: 'nested/card',
    because: /52:54:00:12:34:56/,
    deviation: { net: { macs: ['52:54:00:00:00:01'] } },
  },
  {
    flaw: 'QEMU moves the packets of cards',
    caughtBy: 'nested/card',
    because: /QEMU moves the packets itself/,
    deviation: { net: { workers: 0 } },
  },
  {
    flaw: 'nobody says which address on vsock the guest has',
    caughtBy: 'nested/card',
    because: /cid auto/,
    deviation: { answers: { dumpxml: () => `<domain><cid auto='yes'/></domain>` } },
  },
  {
    flaw: 'a tap stays behind its guest',
    caughtBy: 'nested/card',
    because: /a tap is left/,
    deviation: { net: { taps: 1 } },
  },
  {
    flaw: 'a guest finds another USB device',
    caughtBy: 'nested/usb',
    because: /does not find the device/,
    deviation: { usb: { product: 2 } },
  },
  {
    flaw: 'a USB device is not lent to QEMU’s user',
    caughtBy: 'nested/usb',
    because: /is not lent/,
    deviation: { usb: { lent: 0 } },
  },
  {
    flaw: 'a USB device stays with QEMU’s user',
    caughtBy: 'nested/usb',
    because: /is not given back/,
    deviation: { usb: { left: 1 } },
  },
  {
    flaw: 'a guest that was saved boots anew',
    caughtBy: 'nested/saved',
    because: /restored/,
    deviation: { answers: { domstate: () => 'running (booted)' } },
  },
  {
    flaw: 'a guest that was saved stands still',
    caughtBy: 'nested/saved',
    because: /the vCPU of saved does nothing/,
    deviation: { idle: true },
  },
  {
    flaw: 'a guest runs on where it came from',
    caughtBy: 'nested/moved',
    because: /'moved'/,
    deviation: { answers: { migrate: () => '' } },
  },
  {
    flaw: 'a guest that moved stands still',
    caughtBy: 'nested/moved',
    because: /the vCPU of moved does nothing/,
    deviation: { idle: true },
  },
  {
    flaw: 'a guest cannot come back to where it is',
    caughtBy: 'nested/can-migrate',
    because: /yes/,
    deviation: { answers: { 'can-migrate': () => 'no: another machine' } },
  },
]

async function play(id: string, deviation?: NestedDeviation): Promise<void> {
  const act = nestedActs.find((one) => one.id === id)
  if (act === undefined) throw new Error(`there is no act ${id}`)
  await act.play(toyNested(deviation))
}

describe('what is done on a host inside a guest', () => {
  it('is each caught where it is done wrong', () => {
    const caught = new Set(mutants.map(({ caughtBy }) => caughtBy))
    expect(nestedActs.map(({ id }) => id).filter((id) => !caught.has(id))).toEqual([])
  })

  for (const { id } of nestedActs) {
    it(`passes a host that is right: ${id}`, async () => {
      await expect(play(id)).resolves.toBeUndefined()
    })
  }

  for (const { flaw, caughtBy, because, deviation } of mutants) {
    it(`fails a host where ${flaw}`, async () => {
      await expect(play(caughtBy, deviation)).rejects.toThrow(because)
    })
  }
})
