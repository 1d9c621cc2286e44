/**
 * The files that a project is made of, as far as they are asked for. Paths are opaque here: the loader, which knows the
 * machine, joins them. A file that is not there is a reason, not an exception.
 */
export interface ProjectFiles {
  read(path: string): ReadFile
  /** Returns the path of a file or folder named in a file of `folder`; an absolute one stays as it is. */
  resolve(folder: string, path: string): string
  folderOf(path: string): string
  /** The last part of a folder's path. */
  nameOf(folder: string): string
}

/** `isThere` tells a file that cannot be read from one that does not exist. */
export type ReadFile =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly reason: string; readonly isThere: boolean }
