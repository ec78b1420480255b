/* GIF decoding over giflib: the first frame, row by row. */
#ifdef IMAGESEARCH_LOCAL_INDEX

#include "common.h"

#include <gif_lib.h>

struct picture_gif {
  GifFileType *codec;
  const uint8_t *data;
  size_t left;
  bool ended;
};

static int take(GifFileType *codec, GifByteType *target, int count) {
  picture_gif *reader = codec->UserData;
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

static picture_status failed(const picture_gif *reader, int code, picture_failure *failure) {
  picture_status status = reader->ended ? PICTURE_TRUNCATED : PICTURE_CORRUPT;
  if (code == D_GIF_ERR_NOT_ENOUGH_MEM) status = PICTURE_NO_MEMORY;
  const char *message = GifErrorString(code);
  return picture_fail(failure, status, message ? message : "the data are damaged");
}

/* Reads up to the first frame's description; keeps what the graphic control extension before it says. */
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

picture_status picture_gif_open(const uint8_t *data, size_t size, picture_gif **out, picture_gif_info *info,
                                picture_failure *failure) {
  *out = NULL;
  memset(info, 0, sizeof *info);
  picture_gif *reader = calloc(1, sizeof *reader);
  if (!reader) return picture_fail(failure, PICTURE_NO_MEMORY, "out of memory");
  reader->data = data;
  reader->left = size;
  int code = D_GIF_SUCCEEDED;
  reader->codec = DGifOpen(reader, take, &code);
  info->transparent = NO_TRANSPARENT_COLOR;
  if (reader->codec && find_frame(reader->codec, &info->transparent) == GIF_ERROR) code = reader->codec->Error;
  if (!reader->codec || code != D_GIF_SUCCEEDED) {
    picture_status status = failed(reader, code, failure);
    picture_gif_close(reader);
    return status;
  }
  GifFileType *codec = reader->codec;
  const ColorMapObject *colors = codec->Image.ColorMap ? codec->Image.ColorMap : codec->SColorMap;
  if (!colors || codec->Image.Width <= 0 || codec->Image.Height <= 0) {
    picture_gif_close(reader);
    return picture_fail(failure, PICTURE_CORRUPT, colors ? "the frame is empty" : "there is no palette");
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
  return PICTURE_OK;
}

picture_status picture_gif_read_row(picture_gif *reader, uint8_t *row, picture_failure *failure) {
  if (DGifGetLine(reader->codec, row, reader->codec->Image.Width) == GIF_ERROR)
    return failed(reader, reader->codec->Error, failure);
  return PICTURE_OK;
}

void picture_gif_close(picture_gif *reader) {
  if (!reader) return;
  if (reader->codec) DGifCloseFile(reader->codec, NULL);
  free(reader);
}

#endif
