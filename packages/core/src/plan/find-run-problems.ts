import { unsupported } from '../errors.ts'
import type { Domain } from '../domain/domain.ts'
import type { Problem } from '../errors.ts'

/**
 * What a stored definition may say and no command line can be built of: libvirt keeps such
 * definitions too, and refuses to start them.
 */
export function findRunProblems({ devices }: Domain): readonly Problem[] {
  return [
    ...(devices.interface ?? []).flatMap((nic, i): Problem[] =>
      nic.type === 'internal'
        ? [unsupported(`devices/interface[${i + 1}]/@type`, `QEMU has no 'internal' networks`)]
        : [],
    ),
    ...(devices.graphics ?? []).flatMap((one, i) =>
      (one.channels ?? []).flatMap(({ mode }, n): Problem[] =>
        mode === 'secure'
          ? [
              unsupported(
                `devices/graphics[${i + 1}]/channel[${n + 1}]/@mode`,
                'TLS is not set up for SPICE, so no channel can be secure',
              ),
            ]
          : [],
      ),
    ),
    ...(devices.graphics ?? []).flatMap((one, i) =>
      (one.listens ?? []).flatMap((listen, n): Problem[] =>
        listen.type === 'network'
          ? [
              unsupported(
                `devices/graphics[${i + 1}]/listen[${n + 1}]/@type`,
                'the address of a network is not known here; give the address itself',
              ),
            ]
          : [],
      ),
    ),
  ]
}
