/** What one file system caches on a node and how fast its servers answer; one JSON file each, every figure with its source. */
export interface FilesystemProfile {
  readonly id: string;
  readonly title: string;
}

export const filesystemProfiles: readonly FilesystemProfile[] = [];
