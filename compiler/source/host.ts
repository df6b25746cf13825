/**
 * What the compiler may ask of the world. It never touches files, clock or console itself.
 * Paths are project-relative with forward slashes; `std/…` paths name the standard library.
 */
export interface Host {
  /** The bytes of a file, or undefined if there is none. Decoding (UTF-8, with errors) is the compiler's. */
  readFile(path: string): Uint8Array | undefined;
  /** All spec files of the project, sorted, without node_modules and dot folders. */
  specFiles(): readonly string[];
  /** Folders in which specs may lie and that cannot be read; where it is left out there are none. */
  unreadable?(): readonly string[];
  /** Why a file or folder cannot be read, in words; undefined where nothing is there. */
  problemOf?(path: string): string | undefined;
  /** Resolves a package specifier such as `@acme/features/customers` to a path, or undefined. */
  resolvePackage(specifier: string, from: string): string | undefined;
}
