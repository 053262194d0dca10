/** What a processor's maker stores of it in SMBIOS, before it is known what it means. */
export interface ProcessorId {
  /** The two halves of the 64 bits at offset 8 of the structure. */
  readonly low: number
  readonly high: number
  readonly manufacturer: string
}

/** How an architecture reads what SMBIOS says of its processors. */
export interface SmbiosOptions {
  /** Gets a sentence for each thing that could not be read. */
  readonly warnings: string[]
  /** A processor's signature in dmidecode's words; nothing where it has none. */
  signature?(id: ProcessorId): string | undefined
  /** Names of processor families (DMTF DSP0134, table 23) beyond the common ones. */
  readonly families?: ReadonlyMap<number, string>
}
