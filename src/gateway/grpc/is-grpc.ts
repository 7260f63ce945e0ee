/** Whether a media type is gRPC's, in whatever encoding. */
export function isGrpc(contentType: string): boolean {
  return /^application\/grpc(?:[+;]|$)/i.test(contentType);
}
