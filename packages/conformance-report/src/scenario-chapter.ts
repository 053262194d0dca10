/** `disk` of `disk/two-on-virtio` */
export const scenarioChapter = (scenario: string): string => scenario.split('/', 1)[0] ?? scenario
