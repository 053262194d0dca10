import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stubKernel } from './stub-kernel.ts'

const MiB = 1024 * 1024

/** Formats of images that qemu-img makes without being told more. */
const madeFormats = new Set(['qcow2', 'qcow', 'qed', 'vmdk', 'vdi', 'vpc', 'vhdx', 'parallels'])

/**
 * Stand-ins for what a plan names on its host, all in one private folder. The same path always gets
 * the same stand-in, and stand-ins have short names, for the sake of sockets.
 */
export class SampleHost {
  readonly #folder: string
  /** Images of each format, made once for all runs. */
  readonly #templates: string
  readonly #names = new Map<string, string>()

  constructor(folder: string, templates: string) {
    this.#folder = folder
    this.#templates = templates
    mkdirSync(folder, { recursive: true })
    mkdirSync(templates, { recursive: true })
  }

  /** Where a socket, a log or anything else that QEMU makes itself will be. */
  place(path: string): string {
    const name = this.#names.get(path) ?? `f${this.#names.size}`
    this.#names.set(path, name)
    return join(this.#folder, name)
  }

  /** A file of zeros, as long as asked; a file of the machine's own data is taken as it is. */
  file(path: string, bytes = MiB): string {
    if (path.startsWith('/usr/share/') && existsSync(path)) return path
    return this.#make(path, (file) => {
      writeFileSync(file, '')
      truncateSync(file, bytes)
    })
  }

  key(path: string): string {
    return this.#make(path, (file) => writeFileSync(file, Buffer.alloc(32, 7)))
  }

  directory(path: string): string {
    return this.#make(path, (file) => mkdirSync(file))
  }

  /** Something that an emulator of this architecture takes for a kernel. */
  kernel(path: string, program: string): string {
    return this.#make(path, (file) => writeFileSync(file, stubKernel(program)))
  }

  /** An empty image of a format; a raw one has at least so many bytes. */
  image(path: string, format: string, bytes: number): string {
    if (!madeFormats.has(format)) return this.file(path, Math.max(64 * MiB, bytes))
    return this.#make(path, (file) => copyFileSync(this.#template(format), file))
  }

  #make(path: string, make: (file: string) => void): string {
    const file = this.place(path)
    if (!existsSync(file)) make(file)
    return file
  }

  #template(format: string): string {
    const file = join(this.#templates, format)
    if (!existsSync(file)) {
      execFileSync('qemu-img', ['create', '-q', '-f', format, file, '64M'], { stdio: 'ignore' })
    }
    return file
  }
}
