import type { Layout } from '../layout.ts'

/** Where a domain's managed save is, or would be: by its UUID, which no name can change. */
export function managedSavePath({ libDir }: Layout, uuid: string): string {
  return `${libDir}/save/${uuid}.save`
}
