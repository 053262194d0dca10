import { ok } from 'node:assert'
import { domainXml, type Scenario } from '../scenario.ts'

/** One colour is a screen on which nothing has been drawn. */
const isDrawn = ({ colours }: { readonly colours: number }): true | undefined =>
  colours > 1 ? true : undefined

export const pictureScenarios: readonly Scenario[] = [
  {
    id: 'video/firmware-picture',
    title: 'firmware draws on the first screen before any guest does',
    uses: ['device:video/vga'],
    domain: domainXml({ devices: "<video><model type='vga'/></video>" }),
    notRun: ({ profile }) =>
      profile.lacks?.includes('own-firmware') === true
        ? `no firmware comes with ${profile.name}`
        : undefined,
    expect: {
      async firmware({ go, picture, until }) {
        // QEMU has a picture of its own for a screen that nobody uses yet.
        const { url } = await picture('before the start')
        await go()
        await until('something on the screen', async () => {
          const now = await picture('firmware')
          return now.url === url ? undefined : isDrawn(now)
        })
      },
    },
  },
  {
    id: 'video/guest-picture',
    title: 'what a guest writes on its screen is seen from outside',
    uses: ['device:video/virtio'],
    domain: domainXml({ devices: "<video><model type='virtio'/></video>" }),
    expect: {
      async inside({ picture, report, shell, until }) {
        const screens = report.classes['graphics'] ?? []
        // A kernel without virtual terminals has no letters to draw.
        if (screens.length === 0) return
        await shell('seq 1 40 >/dev/tty1')
        await until('the letters on the screen', async () => isDrawn(await picture('guest')))
        const { width, height } = await picture('guest')
        ok(width >= 640 && height >= 400, `the screen is ${width} x ${height}`)
      },
    },
  },
]
