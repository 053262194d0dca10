import { chownSync, constants, statSync } from 'node:fs'
import { chown, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Domain } from '../../domain/domain.ts'
import { DomainError, domainError, quote } from '../../errors.ts'
import type { Problem } from '../../errors.ts'
import type { RunUser } from '../../run/run-user.ts'
import { isAlive } from '../../run/process-identity.ts'
import type { ImageOwner, ImageUse, RunReference, Store } from '../../store/index.ts'
import type { AnyDevice } from '../../xml/parse-device.ts'
import type { Confinement } from './confinement.ts'
import { diskPaths, guestImages, imageUse } from './guest-images.ts'
import type { GuestImage } from './guest-images.ts'
import { deviceNodes, openedFiles } from './host-nodes.ts'

/**
 * Makes sure that QEMU may open the images of a guest, and that no other guest writes them: each is
 * recorded as used by this run, and lent to QEMU's user where that could not open it.
 *
 * @throws DomainError that names the guest in the way, or the folder that cannot be entered.
 */
export async function takeImages(
  store: Store,
  run: RunReference,
  { domain, confinement }: { readonly domain: Domain; readonly confinement: Confinement },
): Promise<readonly ImageUse[]> {
  const images = await guestImages(domain, confinement.config)
  checkTwice(images)
  claim(store, run, images)
  const others = otherFiles(domain)
  store.claimImages(run, others)
  lend(store, [...images, ...others], confinement)
  return [...images, ...others]
}

/** The same for one image that a guest is given while it runs, to write to. */
export function takeImage(
  store: Store,
  run: RunReference,
  { path, confinement }: { readonly path: string; readonly confinement: Confinement },
): void {
  const use = imageUse(path, { writes: true, shared: false })
  if (use === undefined) return
  claim(store, run, [{ ...use, at: 'devices/disk' }])
  lend(store, [use], confinement)
}

/** The same for nodes of devices below /dev, of which a guest is told by another name. */
export function takeNodes(
  store: Store,
  run: RunReference,
  { paths, confinement }: { readonly paths: readonly string[]; readonly confinement: Confinement },
): void {
  const nodes = paths.flatMap((path) => imageUse(path, { writes: true, shared: true }) ?? [])
  store.claimImages(run, nodes)
  lend(store, nodes, confinement)
}

/** What another root may have taken back of a run's images: a guest that stays needs them again. */
export function lendAgain(store: Store, run: RunReference, confinement: Confinement): void {
  lend(store, store.imagesOf(run), confinement)
}

/** An image that a guest writes to, and where its document names it. */
export interface WrittenImage {
  readonly path: string
  readonly at: string
}

/**
 * A guest on its way between QEMUs of two users: its images are lent to the second before the first has let
 * go of them, which opens them once more for that, to read.
 *
 * @throws DomainError that names each image which the first could not open any more.
 */
export function checkHandOver(
  images: readonly WrittenImage[],
  { from, to }: { readonly from: Confinement; readonly to: Confinement },
): void {
  const [here, there] = [from.user ?? own(), to.user ?? own()]
  if (here === undefined || there === undefined || here.uid === there.uid) return
  if (from.powerful || to.powerful) return
  const problems = images.flatMap(({ path, at }): Problem[] => {
    const now = statSync(path, { throwIfNoEntry: false })
    if (now === undefined || mayAccess(now, there, 6)) return []
    const { uid, gid } = there
    if (mayAccess({ uid, gid, mode: now.mode }, here, 4)) return []
    const mode = (now.mode & 0o777).toString(8).padStart(3, '0')
    const message = `QEMU runs as ${quote(here.name)} here and as ${quote(there.name)} there, and ${quote(path, 200)} (mode ${mode}) opens for one of them alone, which both need while the guest is handed over: have QEMU run as ${quote(here.name)} there (user=${here.name} in the URI), let others read the image, or have it copied`
    return [{ code: 'ERR_OPERATION_UNSUPPORTED', path: at, message }]
  })
  const [first, ...rest] = problems
  if (first !== undefined) throw new DomainError([first, ...rest])
}

/** Lets a run's images go, and gives back those that nobody uses any more. */
export function leaveImages(store: Store, run?: RunReference, images?: readonly ImageUse[]): void {
  if (run !== undefined) store.releaseImages(run, images)
  store.returnImages(giveBack)
}

/** Lets go of the images that a run has come to since it had these: what they were for is not to be. */
export function leaveNewImages(store: Store, run: RunReference, before: readonly ImageUse[]): void {
  const isNew = ({ device, inode }: ImageUse): boolean =>
    !before.some((one) => one.device === device && one.inode === inode)
  const gone = store.imagesOf(run).filter(isNew)
  if (gone.length > 0) leaveImages(store, run, gone)
}

/** Lets go of a run's images at these paths. */
export function leaveFiles(store: Store, run: RunReference, files: readonly string[]): void {
  const gone = store.imagesOf(run).filter(({ path }) => files.includes(path))
  if (gone.length > 0) leaveImages(store, run, gone)
}

/** A device that QEMU has no more, and the domain without it. */
export interface Release {
  readonly gone: AnyDevice
  readonly left: Domain
}

/** Lets go of what a device had, that the guest has no more; another disk may stand on the same image. */
export function leaveDevice(
  store: Store,
  run: RunReference,
  { gone: { kind, device }, left }: Release,
): void {
  const pathsOf = (one: Pick<Domain, 'devices'>): readonly (string | undefined)[] => [
    ...(one.devices.disk ?? []).flatMap(diskPaths),
    ...deviceNodes(one),
  ]
  const kept = pathsOf(left)
  const paths = pathsOf({ devices: { [kind]: [device] } }).filter((path) => !kept.includes(path))
  leaveFiles(
    store,
    run,
    paths.flatMap((path) => path ?? []),
  )
}

/** One disk twice is damage for sure, unless nobody writes, or both know of each other. */
function checkTwice(images: readonly GuestImage[]): void {
  for (const [i, one] of images.entries()) {
    const other = images
      .slice(0, i)
      .find(({ device, inode }) => device === one.device && inode === one.inode)
    if (other === undefined || other.at === one.at) continue
    if ((!one.writes && !other.writes) || (one.shared && other.shared)) continue
    const first = other.at.replace(/\/source.*$/, '')
    throw domainError(
      'ERR_OPERATION_FAILED',
      `${quote(one.path, 200)} is the image of ${first} already`,
      {
        path: one.at,
      },
    )
  }
}

function claim(store: Store, run: RunReference, images: readonly GuestImage[]): void {
  for (;;) {
    const conflict = store.claimImages(run, images)
    if (conflict === undefined) return
    const holder = runOf(store, conflict.run)
    if (holder === undefined) {
      // Its QEMU died, and nobody has looked since.
      store.releaseImages(conflict.run)
      continue
    }
    const { at, path } = images.find((one) => one.path === conflict.wanted.path) ?? {
      at: 'devices/disk',
      path: conflict.wanted.path,
    }
    const known = path === conflict.held.path ? '' : ` as ${quote(conflict.held.path, 200)}`
    const message = `${quote(path, 200)} is in use by domain ${quote(holder, 200)}${known}`
    throw new DomainError([{ code: 'ERR_OPERATION_FAILED', path: at, message }])
  }
}

/** The name of the domain of a run that goes on, or begins; nothing where it is over. */
export function runOf(store: Store, run: RunReference): string | undefined {
  const { active, domain, job } = store.get(run.uuid) ?? {}
  const runs = active?.id === run.id && isAlive(active.process)
  const starts = active === undefined && job !== undefined && isAlive(job.owner)
  return runs || starts ? (domain?.name ?? run.uuid) : undefined
}

/** Files beside images that QEMU opens itself. */
function otherFiles(domain: Domain): readonly ImageUse[] {
  return openedFiles(domain).flatMap(
    ({ path, writes }) => imageUse(path, { writes, shared: true }) ?? [],
  )
}

function lend(store: Store, images: readonly ImageUse[], { user, powerful }: Confinement): void {
  const who = user ?? own()
  if (who === undefined || powerful) return
  for (const { path, writes, device, inode } of images) {
    checkWayTo(path, who)
    const { uid, gid, mode } = statSync(path)
    if (mayAccess({ uid, gid, mode }, who, writes ? 6 : 4)) continue
    store.rememberOwner({ path, device, inode, uid, gid })
    chownSync(path, who.uid, who.gid)
  }
}

/** @throws DomainError that names the folder which QEMU's user cannot enter to come to a file. */
function checkWayTo(path: string, who: RunUser): void {
  const closed = closedFolder(dirname(path), who)
  if (closed === undefined) return
  const way = `let it in (chmod o+x ${closed}), or put it elsewhere`
  const message = `QEMU runs as ${quote(who.name)}, which cannot enter ${quote(closed, 200)} on the way to ${quote(path, 200)}: ${way}`
  throw domainError('ERR_OPERATION_FAILED', message)
}

/**
 * Makes an empty file that QEMU may write, and nobody else. Whoever had it made takes it back when it
 * is written: {@link takeBackFile}.
 */
export async function makeFileForQemu(
  path: string,
  { user, powerful }: Confinement,
): Promise<void> {
  const who = user ?? own()
  if (who !== undefined && !powerful) checkWayTo(path, who)
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants
  await using handle = await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
  await handle.chmod(0o600)
  if (user !== undefined) await handle.chown(user.uid, user.gid)
}

/** QEMU has written the file: it is its caller's. */
export async function takeBackFile(path: string, { user }: Confinement): Promise<void> {
  if (user !== undefined) await chown(path, process.geteuid?.() ?? 0, process.getegid?.() ?? 0)
}

/** Root without its powers is a user as any other. */
function own(): RunUser | undefined {
  return process.geteuid?.() === 0 ? { name: 'root', uid: 0, gid: 0, groups: [0] } : undefined
}

/** False where the owner could not be given it back and shall be tried again. */
function giveBack({ path, device, inode, uid, gid }: ImageOwner): boolean {
  const now = imageUse(path, { writes: false, shared: false })
  // Another file of that name was never lent.
  if (now === undefined || now.device !== device || now.inode !== inode) return true
  try {
    chownSync(path, uid, gid)
    return true
  } catch {
    return false
  }
}

interface Permissions {
  readonly uid: number
  readonly gid: number
  readonly mode: number
}

/** As the kernel decides for one without CAP_DAC_OVERRIDE: the first class that fits is the one. */
export function mayAccess({ uid, gid, mode }: Permissions, who: RunUser, wanted: number): boolean {
  const shift = uid === who.uid ? 6 : who.groups.includes(gid) ? 3 : 0
  return ((mode >> shift) & wanted) === wanted
}

/** The first folder from the root that a user cannot enter; of a relative path, from where this process is. */
export function closedFolder(path: string, who: RunUser): string | undefined {
  const parent = dirname(path)
  const above = parent === path ? undefined : closedFolder(parent, who)
  if (above !== undefined) return above
  const found = statSync(path, { throwIfNoEntry: false })
  return found === undefined || mayAccess(found, who, 1) ? undefined : path
}

/** @throws DomainError that names the folder which QEMU's user cannot enter. */
export function checkWay(folder: string, user: RunUser): void {
  const closed = closedFolder(folder, user)
  if (closed === undefined) return
  throw domainError(
    'ERR_OPERATION_FAILED',
    `QEMU runs as ${quote(user.name)}, which cannot enter ${quote(closed, 200)} on the way to its own folder: let it in (chmod o+x ${closed}), choose another root, or another user (user=root)`,
  )
}
