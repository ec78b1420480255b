/* A C client that uses a server in place of TinEye: client BASE KEY FILE. Prints a line for each call. */
#include <imagesearch.h>
#include <stdio.h>

static int failed(const char *call, imagesearch_status status, imagesearch_error **error) {
  if (status == IMAGESEARCH_OK) return 0;
  printf("%s\t%s\n", call, imagesearch_status_name(status));
  imagesearch_error_free(*error);
  *error = NULL;
  return 1;
}

int main(int count, char **arguments) {
  if (count != 4) return 2;
  imagesearch_tineye_options tineye = IMAGESEARCH_TINEYE_OPTIONS_INIT;
  tineye.api_key = arguments[2];
  imagesearch_client_options options = IMAGESEARCH_CLIENT_OPTIONS_INIT;
  options.base_url = arguments[1];
  imagesearch_error *error = NULL;
  imagesearch_client *client = NULL;
  if (failed("open", imagesearch_tineye_open(&tineye, &options, &error, &client), &error)) return 1;
  imagesearch_image image = IMAGESEARCH_IMAGE_INIT;
  image.path = arguments[3];
  imagesearch_page *page = NULL;
  if (!failed("search", imagesearch_search(client, &image, NULL, &error, &page), &error)) {
    const imagesearch_match *match = imagesearch_page_match(page, 0);
    printf("search\t%d\t%.0f\t%s\n", (int)imagesearch_page_match_count(page), imagesearch_match_score(match),
        imagesearch_match_page_url(match));
    imagesearch_bytes *overlay = NULL;
    imagesearch_overlay_style style = IMAGESEARCH_OVERLAY_ALIGNED;
    if (!failed("overlay", imagesearch_overlay(client, NULL, match, style, NULL, &error, &overlay), &error)) {
      size_t length = 0;
      const uint8_t *bytes = imagesearch_bytes_data(overlay, &length);
      printf("overlay\t%.3s\t%d\n", (const char *)bytes + 1, length > 1000);
      imagesearch_bytes_free(overlay);
    }
    imagesearch_page_free(page);
  }
  int64_t images = 0;
  if (!failed("count", imagesearch_image_count(client, NULL, &error, &images), &error)) printf("count\t%d\n", (int)images);
  imagesearch_client_close(client);
  imagesearch_client_free(client);
  return 0;
}
