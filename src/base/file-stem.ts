/** The name of a script as the beginning of file names: without its end; `job` where a shell or an option reader could take it for something else. */
export function fileStem(script: string): string {
  const name = script.slice(script.lastIndexOf('/') + 1).replace(/\.(py|pyw|pyz|sh|bash)$/, '');
  return /^[A-Za-z0-9_][\w.+-]{0,100}$/.test(name) ? name : 'job';
}
