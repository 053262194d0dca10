/**
 * One suite of domain scenarios that shows an architecture package works, and the guests it runs
 * them on.
 */
export { buildGuestImage } from './guest/guest-image.ts'
export type { GuestImage, GuestImageOptions, GuestImageProgress } from './guest/guest-image.ts'
export { DebianArchive } from './guest/debian-archive.ts'
export type { DebianArchiveOptions, DebianPackage } from './guest/debian-archive.ts'
export { commonModules } from './guest/guest-recipe.ts'
export type { GuestRecipe } from './guest/guest-recipe.ts'
export { guestFolder } from './guest/guest-folder.ts'
export { debianGuests } from './guest/debian-guests.ts'
export type { NpmPackage } from './guest/npm-package.ts'
export { guestCacheDirectory } from './guest/guest-cache.ts'
export { GuestError } from './guest/guest-error.ts'
export { bootGuest, connectConsole } from './guest/boot-guest.ts'
export type { BootedGuest, BootOptions, GuestExit } from './guest/boot-guest.ts'
export { GuestConsole } from './guest/guest-console.ts'
export type { ConsoleTransport, WaitOptions } from './guest/guest-console.ts'
export type { ConsoleProgress, PatienceOptions } from './guest/patience.ts'
export { processCpuMs } from './guest/process-cpu.ts'
export { guestCommand } from './guest/guest-command.ts'
export type { GuestReply } from './guest/guest-command.ts'
export { readReport } from './guest/read-report.ts'
export type { ReadReportOptions, ReceivedReport } from './guest/read-report.ts'
export { guestFiles } from './guest/guest-files.ts'
export type { GuestFiles } from './guest/guest-files.ts'
export { parseReport } from './guest/parse-report.ts'
export type * from './guest/guest-report.ts'
export { readCpio, writeCpio } from './guest/cpio.ts'
export type { CpioEntry } from './guest/cpio.ts'
export { testArch } from './test-arch.ts'
export type { TestArchOptions, TestRunner } from './test-arch.ts'
export { checkSaneHost, testHosts } from './test-hosts.ts'
export type { KnownHost, TestHostsOptions } from './test-hosts.ts'
export { domainXml, image } from './scenario.ts'
export type { Capability, DomainParts, Expectations, Refusal, Scenario } from './scenario.ts'
export { scenarios } from './scenarios/index.ts'
export { featureScenarios } from './scenarios/features.ts'
export { modelScenarios } from './scenarios/models.ts'
export type { LiveMachine, LivePciFunction } from './live-machine.ts'
export { deviceOption, optionsNamed, planScenario } from './plan-scenario.ts'
export type { Planned, PlanOutcome } from './plan-scenario.ts'
export { targetName, targetsOf } from './target.ts'
export type { Target } from './target.ts'
export { startQemu } from './started-qemu.ts'
export type { StartedQemu, StartOptions } from './started-qemu.ts'
export { bootScenario } from './guest-tier.ts'
export { startGuest } from './started-guest.ts'
export type { BootedReport, BootScenarioOptions, StartedGuest } from './started-guest.ts'
export { checkAsHost, hostFilesOf } from './check-as-host.ts'
export { checkHost } from './check-host.ts'
export { buildReadingImage, readHostInside } from './host-inside.ts'
export type { ReadingImage, ReadingImageOptions } from './host-inside.ts'
export { folderFiles, openFixtures } from './fixtures.ts'
export type { Fixtures, HostFixture } from './fixtures.ts'
export { describedHost, describeLinux } from './described-host.ts'
export type {
  DescribedCache,
  DescribedCpu,
  DescribedFiles,
  DescribedLinux,
  DescribedNode,
} from './described-host.ts'
export { seededRandom } from './damaged-host.ts'
export {
  fileDamages,
  hostsWithDamage,
  openedFiles,
  randomFiles,
  replacedBy,
} from './damaged-files.ts'
export type { FileDamage } from './damaged-files.ts'
