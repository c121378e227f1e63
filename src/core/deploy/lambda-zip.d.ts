/** Where the bundle lies: in `dist/`, or within the binary. */
declare module "*/dist/lambda.zip" {
  const path: string;
  export default path;
}
