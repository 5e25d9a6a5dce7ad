// A picture from somebody's disc, made small before it is sent: a photograph of twelve million pixels is no use in a roundel.

/** Longest side that is sent. */
const SIDE = 1_600;
/** Smaller files are sent as they are. */
const SMALL_BYTES = 1_000_000;

/** Scaled down where it is large. What the browser cannot read goes as it is: the server says what is wrong with it. */
export async function scaledDown(file: Blob): Promise<Blob> {
  if (file.size <= SMALL_BYTES) return file;
  const picture = await createImageBitmap(file).catch(() => null);
  if (picture === null) return file;
  const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  const context = canvas.getContext("2d");
  if (context === null) return file;
  // JPEG knows no transparency: what is clear becomes the paper of the page.
  context.fillStyle = "#fffdf9";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return new Promise((resolve) => {
    canvas.toBlob(
      (blob) => {
        resolve(blob ?? file);
      },
      "image/jpeg",
      0.9,
    );
  });
}
