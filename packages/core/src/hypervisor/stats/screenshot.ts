import { randomUUID } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { domainError } from '../../errors.ts'
import type { AskOptions } from '../interface/statistics.ts'
import type { Rooms } from '../rooms.ts'

/** A picture takes QEMU longer than an answer. */
const pictureMs = 10_000

/** QEMU writes the picture into the run's folder, from where it is taken and removed. */
export async function screenshot(
  rooms: Rooms,
  reference: string,
  { screen = 0, ...options }: AskOptions & { readonly screen?: number },
): Promise<Uint8Array> {
  const running = await rooms.findActive(reference)
  const live = await rooms.live(running)
  const videos = (live.devices.video ?? []).filter(({ model }) => model !== 'none')
  const video = videos[screen]
  if (video === undefined) {
    throw domainError(
      'ERR_INVALID_ARG',
      videos.length === 0
        ? 'no screens to take screenshot from'
        : `no such screen ${screen}; there are ${videos.length}`,
    )
  }
  const filename = `${running.active.stateDir}/picture-${randomUUID()}.png`
  try {
    await rooms.ask(
      running,
      (qmp) =>
        qmp.execute(
          'screendump',
          // The first screen is the machine's own, by whatever name.
          {
            filename,
            format: 'png',
            ...(screen > 0 && video.alias !== undefined && { device: video.alias, head: 0 }),
          },
          { timeoutMs: pictureMs },
        ),
      { timeoutMs: pictureMs, ...options },
    )
    return await readFile(filename)
  } finally {
    await rm(filename, { force: true })
  }
}
