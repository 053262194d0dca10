/** Marks a file as polyvirt's: `PVst`. */
export const applicationId = 0x50567374

/**
 * The schema, as the steps that lead to it. A step is never changed once released; a new one is
 * added at the end. `user_version` says how many of them a file has had.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
  INSERT INTO meta VALUES ('next_id', 1);

  -- xml is the persistent definition; a transient domain has none.
  CREATE TABLE domains (
    uuid TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    xml TEXT,
    arch TEXT NOT NULL,
    machine TEXT NOT NULL,
    virt_type TEXT NOT NULL,
    title TEXT,
    autostart INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE active (
    uuid TEXT PRIMARY KEY REFERENCES domains ON DELETE RESTRICT,
    id INTEGER NOT NULL UNIQUE,
    pid INTEGER NOT NULL,
    start_time INTEGER NOT NULL,
    boot_id TEXT NOT NULL,
    xml TEXT NOT NULL,
    argv TEXT NOT NULL,
    state_dir TEXT NOT NULL,
    log TEXT NOT NULL,
    emulator TEXT NOT NULL,
    monitor TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    state_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE last_state (
    uuid TEXT PRIMARY KEY REFERENCES domains ON DELETE CASCADE,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    state_at INTEGER NOT NULL
  ) STRICT;

  -- No reference to domains: a job is held while its domain is made, and while it is removed.
  CREATE TABLE jobs (
    uuid TEXT PRIMARY KEY,
    token TEXT NOT NULL,
    kind TEXT NOT NULL,
    phase TEXT NOT NULL,
    pid INTEGER NOT NULL,
    start_time INTEGER NOT NULL,
    boot_id TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    detail TEXT NOT NULL
  ) STRICT;
  `,
  `
  -- What one run must remember beside its definition: JSON.
  ALTER TABLE active ADD COLUMN facts TEXT NOT NULL DEFAULT '{}';

  -- xml is the snapshot's document, with the domain's definition at its moment in it.
  CREATE TABLE snapshots (
    uuid TEXT NOT NULL REFERENCES domains ON DELETE CASCADE,
    name TEXT NOT NULL,
    parent TEXT,
    is_current INTEGER NOT NULL DEFAULT 0,
    xml TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (uuid, name)
  ) STRICT;
  `,
  `
  -- What the drivers of a connection keep: networks, storage pools. xml is the persistent definition;
  -- what is active has a live_xml, of the boot in which it was made so.
  CREATE TABLE documents (
    kind TEXT NOT NULL,
    uuid TEXT NOT NULL,
    name TEXT NOT NULL,
    xml TEXT,
    live_xml TEXT,
    facts TEXT NOT NULL DEFAULT '{}',
    autostart INTEGER NOT NULL DEFAULT 0,
    boot_id TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (kind, uuid),
    UNIQUE (kind, name)
  ) STRICT;

  CREATE TABLE document_jobs (
    uuid TEXT PRIMARY KEY,
    token TEXT NOT NULL,
    kind TEXT NOT NULL,
    phase TEXT NOT NULL,
    pid INTEGER NOT NULL,
    start_time INTEGER NOT NULL,
    boot_id TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    detail TEXT NOT NULL
  ) STRICT;
  `,
  `
  -- Which images the runs use, and, of one whose owner was changed for QEMU, whose it was.
  CREATE TABLE image_uses (
    device TEXT NOT NULL,
    inode TEXT NOT NULL,
    uuid TEXT NOT NULL,
    id INTEGER NOT NULL,
    path TEXT NOT NULL,
    writes INTEGER NOT NULL,
    shared INTEGER NOT NULL,
    PRIMARY KEY (device, inode, uuid, id)
  ) STRICT;

  CREATE TABLE image_owners (
    device TEXT NOT NULL,
    inode TEXT NOT NULL,
    path TEXT NOT NULL,
    uid INTEGER NOT NULL,
    gid INTEGER NOT NULL,
    PRIMARY KEY (device, inode)
  ) STRICT;
  `,
  `
  -- What guests told that no state shows, for every process that watches.
  CREATE TABLE guest_events (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid TEXT NOT NULL,
    id INTEGER NOT NULL,
    name TEXT NOT NULL,
    event TEXT NOT NULL,
    data TEXT NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;
  `,
  `
  -- Moments since which images tell what was written.
  CREATE TABLE checkpoints (
    uuid TEXT NOT NULL REFERENCES domains ON DELETE CASCADE,
    name TEXT NOT NULL,
    parent TEXT,
    is_current INTEGER NOT NULL,
    xml TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (uuid, name)
  ) STRICT;
  `,
  `
  -- Files of runs that are over, which could not be removed.
  CREATE TABLE leftovers (path TEXT PRIMARY KEY) STRICT;
  `,
  `
  -- PCI devices of the host that runs have, or had until a moment ago; before (JSON) is the driver that one goes back
  -- to, where it was taken from one, and returner (JSON) the process that is about it.
  CREATE TABLE device_loans (
    address TEXT PRIMARY KEY,
    iommu_group INTEGER NOT NULL,
    uuid TEXT,
    id INTEGER,
    before TEXT,
    boot_id TEXT NOT NULL,
    returner TEXT
  ) STRICT;
  `,
  `
  -- What happened to networks, storage pools and secrets, for every process that watches.
  CREATE TABLE document_events (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    uuid TEXT NOT NULL,
    name TEXT NOT NULL,
    event TEXT NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;
  `,
]
