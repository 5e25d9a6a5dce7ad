//! Pictures of characters: read, cut to a square, scaled, and written anew. Nothing of a file but its pixels gets through:
//! no place, no camera, no second picture hidden behind the first.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, Rgb, RgbImage};

use crate::domain::character::Color;

/// Largest file taken, in bytes.
pub const MAX_BYTES: usize = 5 * 1024 * 1024;
/// Most pixels a picture may have, and the longest side: known from its first bytes, before anything is decoded.
const MAX_PIXELS: u64 = 24_000_000;
const MAX_SIDE: u32 = 12_000;
/// Memory that decoding may take, in bytes.
const MAX_DECODED_BYTES: u64 = 192 * 1024 * 1024;
/// Side of the kept square in pixels: enough for the largest roundel.
pub const SIDE: u32 = 640;
const JPEG_QUALITY: u8 = 85;
/// Where the middle of a face is in a portrait, from its top, as a part of what is cut away.
const HEADROOM: f64 = 0.2;
/// What shines through where a picture is transparent: the paper of the page.
const PAPER: Rgb<u8> = Rgb([0xff, 0xfd, 0xf9]);

/// Why a file is no picture that can be kept, in words for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    #[error("This is no picture that ChatLab reads. Choose a PNG, JPEG or WebP file.")]
    WrongKind,
    #[error("This picture has more than {} million pixels. Scale it down first.", MAX_PIXELS / 1_000_000)]
    TooManyPixels,
    #[error("This picture is damaged. Save it anew and try again.")]
    Broken,
}

/// The kept form of a picture: a square JPEG of at most [`SIDE`] pixels a side. Blocks while it decodes.
///
/// # Errors
/// Another kind of file, too many pixels, a damaged one.
pub fn square(bytes: &[u8]) -> Result<Vec<u8>, PictureError> {
    let format = match image::guess_format(bytes) {
        Ok(format @ (ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP)) => format,
        _ => return Err(PictureError::WrongKind),
    };
    let reader = || {
        let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
        let mut limits = Limits::default();
        limits.max_image_width = Some(MAX_SIDE);
        limits.max_image_height = Some(MAX_SIDE);
        limits.max_alloc = Some(MAX_DECODED_BYTES);
        reader.limits(limits);
        reader
    };
    let (width, height) = reader().into_dimensions().map_err(refused)?;
    if u64::from(width) * u64::from(height) > MAX_PIXELS || width > MAX_SIDE || height > MAX_SIDE {
        return Err(PictureError::TooManyPixels);
    }
    let mut decoder = reader().into_decoder().map_err(refused)?;
    // The one thing that is read of the metadata: which way is up.
    let orientation = decoder.orientation().map_err(refused)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(refused)?;
    picture.apply_orientation(orientation);
    Ok(jpeg(&on_paper(&scaled(&picture))))
}

fn refused(error: image::ImageError) -> PictureError {
    match error {
        image::ImageError::Limits(_) => PictureError::TooManyPixels,
        _ => PictureError::Broken,
    }
}

/// The square that most likely has the face in it: the middle of a wide picture, the upper part of a high one.
fn scaled(picture: &DynamicImage) -> DynamicImage {
    let (width, height) = (picture.width(), picture.height());
    let side = width.min(height);
    let left = (width - side) / 2;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a fifth of a side")]
    let top = (f64::from(height - side) * HEADROOM) as u32;
    let square = picture.crop_imm(left, top, side, side);
    match side > SIDE {
        true => square.resize_exact(SIDE, SIDE, FilterType::Triangle),
        false => square,
    }
}

fn on_paper(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let picture = picture.to_rgba8();
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let [r, g, b, a] = picture.get_pixel(x, y).0;
        let mixed = |color: u8, paper: u8| {
            let (color, paper, a) = (u32::from(color), u32::from(paper), u32::from(a));
            u8::try_from((color * a + paper * (255 - a)) / 255).unwrap_or(u8::MAX)
        };
        let [paper_r, paper_g, paper_b] = PAPER.0;
        Rgb([mixed(r, paper_r), mixed(g, paper_g), mixed(b, paper_b)])
    })
}

fn jpeg(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = vec![];
    JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY).encode_image(picture).expect("memory takes it");
    bytes
}

/// A kept picture as PNG, the form that cards have. Blocks.
///
/// # Errors
/// The kept picture is damaged.
pub fn png_of(jpeg: &[u8]) -> Result<Vec<u8>, PictureError> {
    let picture = image::load_from_memory_with_format(jpeg, ImageFormat::Jpeg).map_err(refused)?;
    Ok(png(&picture.to_rgb8()))
}

/// A disc in the voice's colour, for a card of a character without a picture.
pub fn disc(color: &Color) -> Vec<u8> {
    const SIDE: u32 = 400;
    let part = |at: usize| color.light.get(at..at + 2).and_then(|hex| u8::from_str_radix(hex, 16).ok()).unwrap_or(0x80);
    let ink = Rgb([part(1), part(3), part(5)]);
    let middle = f64::from(SIDE) / 2.0;
    png(&RgbImage::from_fn(SIDE, SIDE, |x, y| {
        let distance = (f64::from(x) + 0.5 - middle).hypot(f64::from(y) + 0.5 - middle);
        if distance < middle * 0.9 { ink } else { PAPER }
    }))
}

fn png(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Cursor::new(vec![]);
    picture.write_to(&mut bytes, ImageFormat::Png).expect("memory takes it");
    bytes.into_inner()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, y| Rgb([u8::from(x > 10) * 200, u8::from(y > 10) * 200, 90]))
    }

    fn written(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(vec![]);
        picture.write_to(&mut bytes, format).expect("written");
        bytes.into_inner()
    }

    #[test]
    fn each_kind_becomes_a_square_jpeg() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
            let kept = square(&written(&picture(900, 1_200).into(), format)).expect("kept");
            let seen = image::load_from_memory_with_format(&kept, ImageFormat::Jpeg).expect("a JPEG");
            assert_eq!((seen.width(), seen.height()), (SIDE, SIDE), "{format:?}");
            assert!(png_of(&kept).is_ok_and(|png| png.starts_with(b"\x89PNG")));
        }
        let small = square(&written(&picture(40, 30).into(), ImageFormat::Png)).expect("kept");
        assert_eq!(image::load_from_memory(&small).map(|seen| seen.width()).ok(), Some(30), "never made larger");
    }

    #[test]
    fn where_it_is_transparent_the_paper_shines_through() {
        let clear = image::RgbaImage::from_pixel(50, 50, image::Rgba([0, 0, 0, 0]));
        let kept = square(&written(&clear.into(), ImageFormat::Png)).expect("kept");
        let seen = image::load_from_memory(&kept).expect("a JPEG").to_rgb8();
        assert!(seen.get_pixel(25, 25).0.iter().zip(PAPER.0).all(|(seen, paper)| seen.abs_diff(paper) < 3));
    }

    #[test]
    fn a_bomb_is_refused_by_its_first_bytes() {
        // The head of a PNG that claims to be 60,000 pixels wide and high; nothing of it is there.
        let mut head = written(&picture(1, 1).into(), ImageFormat::Png);
        head[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
        let sum = crc32fast::hash(&head[12..29]).to_be_bytes();
        head[29..33].copy_from_slice(&sum);
        assert_eq!(square(&head), Err(PictureError::TooManyPixels));
        assert_eq!(square(b"GIF89a\x01\x00\x01\x00"), Err(PictureError::WrongKind));
        assert_eq!(square(b"<svg onload='alert(1)'/>"), Err(PictureError::WrongKind));
        let half = written(&picture(300, 300).into(), ImageFormat::Png);
        assert_eq!(square(&half[..half.len() / 2]), Err(PictureError::Broken));
    }
}
