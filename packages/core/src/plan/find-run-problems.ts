import { unsupported } from '../errors.ts'
import type { Graphics } from '../domain/devices/graphics.ts'
import type { InterfaceType } from '../domain/devices/interface.ts'
import type { Domain } from '../domain/domain.ts'
import type { Problem } from '../errors.ts'

/** Host sides of other hypervisors. */
const ofNoQemu: readonly InterfaceType[] = ['internal', 'null', 'vds']

/**
 * What a stored definition may say and no command line can be built of: libvirt keeps such
 * definitions too, and refuses to start them.
 */
export function findRunProblems({ devices }: Domain): readonly Problem[] {
  return [
    ...(devices.interface ?? []).flatMap((nic, i): Problem[] =>
      ofNoQemu.includes(nic.type)
        ? [unsupported(`devices/interface[${i + 1}]/@type`, `QEMU has no '${nic.type}' networks`)]
        : [],
    ),
    ...(devices.graphics ?? []).flatMap((one, i) =>
      one.type === 'spice' ? secrecy(one, `devices/graphics[${i + 1}]`) : [],
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

/** SPICE that shall be secret, as a whole or in part: there is no TLS for it, and without it would be another. */
function secrecy({ channels = [], defaultMode, tlsPort = 0 }: Graphics, path: string): Problem[] {
  const noTls = 'TLS is not set up for SPICE'
  return [
    ...(defaultMode === 'secure'
      ? [
          unsupported(
            `${path}/@defaultMode`,
            `${noTls}, so no channel can be secure; use 'any' or 'insecure'`,
          ),
        ]
      : []),
    ...(tlsPort > 0 ? [unsupported(`${path}/@tlsPort`, `${noTls}; use a plain port`)] : []),
    ...channels.flatMap(({ mode }, n): Problem[] =>
      mode === 'secure'
        ? [
            unsupported(
              `${path}/channel[${n + 1}]/@mode`,
              `${noTls}, so no channel can be secure; use 'any' or 'insecure'`,
            ),
          ]
        : [],
    ),
  ]
}
