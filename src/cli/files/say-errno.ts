/** Why a system call failed, in words; the path is said by whoever reports it. */
export function sayErrno(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const words: Record<string, string> = {
    EACCES: 'permission denied',
    EDQUOT: 'the quota is used up',
    EISDIR: 'it is a folder',
    ENOENT: 'no such file or folder',
    ENOSPC: 'no space is left',
    ENOTDIR: 'a part of its path is not a folder',
    EPERM: 'permission denied',
    EROFS: 'the file system is read-only',
  };
  return words[code ?? ''] ?? code ?? message;
}
