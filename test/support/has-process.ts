/** Whether there is a process of this id, ended but not waited for included. */
export function hasProcess(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
