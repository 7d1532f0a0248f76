/** For `catch`: a file or folder that does not exist is undefined. @throws every other error */
export function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
