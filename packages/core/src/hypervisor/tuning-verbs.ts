import type { TuningVerbs } from './interface/tuning.ts'
import type { Rooms } from './rooms.ts'

/** What a guest may use; see interface/tuning.ts. */
export function tuningVerbs(rooms: Rooms): TuningVerbs {
  return {
    async domainSetVcpus(reference, count, options = {}) {
      if (options.guest === true) {
        const { setGuestVcpus } = await import('./agent/guest-vcpus.ts')
        return setGuestVcpus(rooms, reference, count)
      }
      const { setVcpus } = await import('./live/set-vcpus.ts')
      return setVcpus(rooms, reference, { count, ...options })
    },
    async domainSetVcpu(reference, vcpus, enabled, options = {}) {
      const { setVcpu } = await import('./live/set-vcpus.ts')
      return setVcpu(rooms, reference, { vcpus, enabled, ...options })
    },
    async domainGetVcpuCounts(reference, options = {}) {
      const { asked } = await import('./live/change-domain.ts')
      const { vcpus, vcpuCurrent } = await asked(rooms, reference, options)
      return { maximum: vcpus, current: vcpuCurrent ?? vcpus }
    },
    async domainSetLifecycleAction(reference, event, action, options = {}) {
      const { setLifecycleAction } = await import('./live/set-lifecycle-action.ts')
      return setLifecycleAction(rooms, reference, { event, action, ...options })
    },
    async domainSetMemory(reference, memoryKiB, options = {}) {
      const { setMemory } = await import('./live/set-memory.ts')
      return setMemory(rooms, reference, { memoryKiB, ...options })
    },
    async domainSetMaxMemory(reference, memoryKiB, options = {}) {
      const { setMaxMemory } = await import('./live/set-memory.ts')
      return setMaxMemory(rooms, reference, { memoryKiB, ...options })
    },
    async domainSetLinkState(reference, card, up, options = {}) {
      const { setLink } = await import('./live/set-link.ts')
      return setLink(rooms, reference, { card, up, ...options })
    },
    async domainGetLinkState(reference, card, options = {}) {
      const { asked } = await import('./live/change-domain.ts')
      const { cardNamed } = await import('./live/set-link.ts')
      return cardNamed(await asked(rooms, reference, options), card).linkState ?? 'up'
    },
    async domainSetInterfaceParameters(reference, card, bandwidth, options = {}) {
      const { setBandwidth } = await import('./live/set-bandwidth.ts')
      return setBandwidth(rooms, reference, { card, bandwidth, ...options })
    },
    async domainGetInterfaceParameters(reference, card, options = {}) {
      const { asked } = await import('./live/change-domain.ts')
      const { cardNamed } = await import('./live/set-link.ts')
      return cardNamed(await asked(rooms, reference, options), card).bandwidth ?? {}
    },
    async domainPinVcpu(reference, vcpu, cpus, options = {}) {
      const { pinVcpu } = await import('./live/pin-threads.ts')
      return pinVcpu(rooms, reference, { vcpu, cpus, ...options })
    },
    async domainPinEmulator(reference, cpus, options = {}) {
      const { pinEmulator } = await import('./live/pin-threads.ts')
      return pinEmulator(rooms, reference, { cpus, ...options })
    },
    async domainPinIothread(reference, iothread, cpus, options = {}) {
      const { pinIothread } = await import('./live/pin-threads.ts')
      return pinIothread(rooms, reference, { iothread, cpus, ...options })
    },
    async domainSetTuning(reference, change, options = {}) {
      const { setTuning } = await import('./tuning/set-tuning.ts')
      return setTuning(rooms, reference, { change, ...options })
    },
    async domainAddIothread(reference, id, options = {}) {
      const { addIothread } = await import('./live/set-iothreads.ts')
      return addIothread(rooms, reference, { id, ...options })
    },
    async domainDelIothread(reference, id, options = {}) {
      const { delIothread } = await import('./live/set-iothreads.ts')
      return delIothread(rooms, reference, { id, ...options })
    },
    async domainSetIothread(reference, id, settings, options = {}) {
      const { setIothread } = await import('./live/set-iothreads.ts')
      return setIothread(rooms, reference, { id, settings, ...options })
    },
    async domainSetBlockIoTune(reference, disk, limits, options = {}) {
      const { setIotune } = await import('./live/set-iotune.ts')
      return setIotune(rooms, reference, { disk, limits, ...options })
    },
    async domainGetBlockIoTune(reference, disk, options = {}) {
      const { asked } = await import('./live/change-domain.ts')
      const { diskNamed } = await import('./live/set-iotune.ts')
      return diskNamed(await asked(rooms, reference, options), disk).iotune ?? {}
    },
  }
}
