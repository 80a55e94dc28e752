/** `libgfortran-040039e1-0352e75f.so.5.0.0` is `libgfortran.so.5`: digests are of auditwheel, numbers after the first of a release. */
export function libraryName(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const plain = name.replace(/(?:-[0-9a-f]{8,64})+(?=\.so)/, '');
  return plain.replace(/(\.so(?:\.\d+)?).*$/, '$1');
}
