import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { makeFolders } from '@polyvirt/core'
import { CreateArchError } from '../create-arch-error.ts'

/** Texts by their path in the package. */
export type Files = Readonly<Record<string, string>>

/** Nothing may be there: an old file among new ones would be read as one of them. */
export async function refuseExisting(directory: string): Promise<void> {
  const found = await stat(directory).catch(() => undefined)
  if (found === undefined) return
  const what = found.isDirectory() ? 'is there already' : 'is a file'
  throw new CreateArchError(
    `${directory} ${what}, and nothing is overwritten; name another with --directory`,
  )
}

/**
 * Writes a whole folder, or nothing: the files go to a folder beside it, which takes its name when
 * all are there.
 *
 * @throws CreateArchError where the folder exists or cannot be written.
 */
export async function stageFiles(directory: string, files: Files): Promise<void> {
  await refuseExisting(directory)
  const parent = dirname(directory)
  let made: string | undefined
  let staging: string | undefined
  try {
    made = makeFolders(parent)
    staging = await mkdtemp(join(parent, `.${basename(directory)}-`))
    const folder = join(staging, 'package')
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(join(folder, path), text)
    }
    await refuseExisting(directory)
    await rename(folder, directory)
    await rm(staging, { recursive: true, force: true })
  } catch (error) {
    await undo([staging, made])
    if (error instanceof CreateArchError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new CreateArchError(`cannot make ${directory}: ${reason}`, { cause: error })
  }
}

/** Leaves things as they were: the folders on the way go as well. */
async function undo(folders: readonly (string | undefined)[]): Promise<void> {
  for (const folder of folders) {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true })
  }
}
