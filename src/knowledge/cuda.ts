import file from '../../knowledge/cuda.json' with { type: 'json' };
import { isBefore } from './version-order.ts';

/** The oldest NVIDIA driver that runs this major version of CUDA; undefined where that is not known. */
export function oldestDriverFor(cudaMajor: number): string | undefined {
  return file.majors.find(({ cuda }) => cuda === cudaMajor)?.driver;
}

/** Whether a driver is older than what this major version of CUDA asks for; undefined where that is not known. */
export function isDriverTooOld(driver: string, cudaMajor: number): boolean | undefined {
  const oldest = oldestDriverFor(cudaMajor);
  return oldest === undefined || !/^\d+\./.test(driver) ? undefined : isBefore(driver, oldest);
}
