/** An address without a user and a password. */
export function withoutUser(address: string): string {
  return address.replace(/^([A-Za-z0-9+.-]+:\/\/)[^/?#]*@/, '$1');
}

/** A channel of conda without those, and without the token that may be a part of its path. */
export function withoutToken(channel: string): string {
  return withoutUser(channel).replace(/\/t\/[^/]+\//, '/');
}
