/* GIF decoding with giflib: the first frame, row by row. */
#ifdef IMAGESEARCH_LOCAL_INDEX

#include "common.h"

#include <gif_lib.h>

struct image_gif {
  GifFileType *codec;
  const uint8_t *data;
  size_t left;
  bool ended;
};

static int take(GifFileType *codec, GifByteType *target, int count) {
  image_gif *reader = codec->UserData;
  if (count <= 0) return 0;
  size_t taken = (size_t)count;
  if (taken > reader->left) {
    taken = reader->left;
    reader->ended = true;
  }
  memcpy(target, reader->data, taken);
  reader->data += taken;
  reader->left -= taken;
  return (int)taken;
}

static image_status failed(const image_gif *reader, int code, image_failure *failure) {
  image_status status = reader->ended ? IMAGE_TRUNCATED : IMAGE_CORRUPT;
  if (code == D_GIF_ERR_NOT_ENOUGH_MEM) status = IMAGE_NO_MEMORY;
  const char *message = GifErrorString(code);
  return image_fail(failure, status, message ? message : "the data are damaged");
}

/* Reads up to the first frame's description, including the graphic control extension before it. */
static int find_frame(GifFileType *codec, int *transparent) {
  for (;;) {
    GifRecordType type;
    if (DGifGetRecordType(codec, &type) == GIF_ERROR) return GIF_ERROR;
    if (type == IMAGE_DESC_RECORD_TYPE) return DGifGetImageDesc(codec);
    if (type == TERMINATE_RECORD_TYPE) {
      codec->Error = D_GIF_ERR_NO_IMAG_DSCR;
      return GIF_ERROR;
    }
    if (type != EXTENSION_RECORD_TYPE) continue;
    int code;
    GifByteType *block;
    if (DGifGetExtension(codec, &code, &block) == GIF_ERROR) return GIF_ERROR;
    while (block) {
      GraphicsControlBlock control;
      /* The first byte of a block is its length. */
      if (code == GRAPHICS_EXT_FUNC_CODE && DGifExtensionToGCB(block[0], block + 1, &control) == GIF_OK)
        *transparent = control.TransparentColor;
      if (DGifGetExtensionNext(codec, &block) == GIF_ERROR) return GIF_ERROR;
    }
  }
}

image_status image_gif_open(const uint8_t *data, size_t size, image_gif **out, image_gif_info *info,
                                image_failure *failure) {
  *out = NULL;
  memset(info, 0, sizeof *info);
  image_gif *reader = calloc(1, sizeof *reader);
  if (!reader) return image_fail(failure, IMAGE_NO_MEMORY, "out of memory");
  reader->data = data;
  reader->left = size;
  int code = D_GIF_SUCCEEDED;
  reader->codec = DGifOpen(reader, take, &code);
  info->transparent = NO_TRANSPARENT_COLOR;
  if (reader->codec && find_frame(reader->codec, &info->transparent) == GIF_ERROR) code = reader->codec->Error;
  if (!reader->codec || code != D_GIF_SUCCEEDED) {
    image_status status = failed(reader, code, failure);
    image_gif_close(reader);
    return status;
  }
  GifFileType *codec = reader->codec;
  const ColorMapObject *colors = codec->Image.ColorMap ? codec->Image.ColorMap : codec->SColorMap;
  if (!colors || codec->Image.Width <= 0 || codec->Image.Height <= 0) {
    image_gif_close(reader);
    return image_fail(failure, IMAGE_CORRUPT, colors ? "the frame is empty" : "there is no palette");
  }
  info->canvas_width = (uint32_t)codec->SWidth;
  info->canvas_height = (uint32_t)codec->SHeight;
  info->left = (uint32_t)codec->Image.Left;
  info->top = (uint32_t)codec->Image.Top;
  info->width = (uint32_t)codec->Image.Width;
  info->height = (uint32_t)codec->Image.Height;
  info->interlaced = codec->Image.Interlace;
  for (int i = 0; i < colors->ColorCount && i < 256; i++) {
    info->palette[3 * i] = colors->Colors[i].Red;
    info->palette[3 * i + 1] = colors->Colors[i].Green;
    info->palette[3 * i + 2] = colors->Colors[i].Blue;
    info->colors = (uint32_t)i + 1;
  }
  *out = reader;
  return IMAGE_OK;
}

image_status image_gif_read_row(image_gif *reader, uint8_t *row, image_failure *failure) {
  if (DGifGetLine(reader->codec, row, reader->codec->Image.Width) == GIF_ERROR)
    return failed(reader, reader->codec->Error, failure);
  return IMAGE_OK;
}

void image_gif_close(image_gif *reader) {
  if (!reader) return;
  if (reader->codec) DGifCloseFile(reader->codec, NULL);
  free(reader);
}

#endif
