import { open } from 'node:fs/promises'
import { CommandError, explainFailure } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { printable, strerror } from '../core.ts'
import { domainOption, lookupDomain } from '../lookup-domain.ts'
import { int, text } from '../option-specs.ts'

export const commands: readonly Command[] = [
  {
    name: 'screenshot',
    group: 'domain',
    summary: 'take a screenshot of a current domain console and store it into a file',
    description: 'screenshot of a current domain console',
    options: [
      domainOption,
      text('file', 'where to store the screenshot'),
      int('screen', 'ID of a screen to take screenshot of'),
    ],
    run: screenshot,
  },
]

async function screenshot(context: Context, options: Options): Promise<Answer> {
  const screen = options.integer('screen', 0)
  const given = options.text('file')
  const { hypervisor, domain, reference } = await lookupDomain(context, options)
  const image = await explainFailure(
    `could not take a screenshot of ${domain.name}`,
    hypervisor.domainScreenshot(reference, {
      ...(screen !== undefined && { screen }),
      signal: context.signal,
    }),
  )
  const file = given ?? defaultName(domain.name)
  await writeImage(file, image, given === undefined)
  return {
    remark: `Screenshot saved to ${printable(file)}, with type of image/png`,
    json: { file, type: 'image/png', bytes: image.byteLength },
  }
}

/** As virsh names it, with nothing in it that leaves the folder. */
function defaultName(name: string): string {
  const time = new Date().toISOString().slice(0, 19).replace('T', '-')
  return `${name.replaceAll('/', '_')}-${time}.png`
}

async function writeImage(file: string, image: Uint8Array, fresh: boolean): Promise<void> {
  try {
    await using handle = await open(file, fresh ? 'wx' : 'w', 0o666)
    await handle.writeFile(image)
  } catch (error) {
    throw new CommandError(`cannot create file ${file}: ${strerror(error)}`, {
      code: 'ERR_SYSTEM_ERROR',
    })
  }
}
