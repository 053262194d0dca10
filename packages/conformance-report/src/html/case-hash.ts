/** A case's id as the fragment of an address, without `#`: readable, and nothing but one. */
export const caseHash = (id: string): string =>
  encodeURIComponent(id.toWellFormed()).replaceAll('%2F', '/')
