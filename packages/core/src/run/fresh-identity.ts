import { randomBytes, randomUuid } from './kernel-random.ts'

/** A UUID that no document gives, in lower case. */
export function freshUuid(): string {
  return randomUuid()
}

/** A MAC address that no document gives, with QEMU's own prefix (52:54:00: local, unicast). */
export function freshMac(): string {
  const [a = 0, b = 0, c = 0] = randomBytes(3)
  return ['52', '54', '00', ...[a, b, c].map((n) => n.toString(16).padStart(2, '0'))].join(':')
}
