import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFolders } from '../core.ts'

/** Writes a file so that a reader sees the old one or all of the new one; makes its folder. */
export function writeWhole(file: string, text: string): void {
  makeFolders(dirname(file))
  const beside = `${file}.${process.pid}.new`
  try {
    writeFileSync(beside, text)
    renameSync(beside, file)
  } catch (error) {
    rmSync(beside, { force: true })
    throw error
  }
}
