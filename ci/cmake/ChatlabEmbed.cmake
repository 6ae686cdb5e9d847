# chatlab_embed(TARGET NAMESPACE FILES...): makes files part of TARGET.
#
# The program finds them through
#   #include "ci/cmake/embedded_file.hpp"
#   namespace NAMESPACE { std::span<const EmbeddedFile> embedded_files(); }
# under their file names without folders, in the order given. An edit of a file rebuilds the target.
function(chatlab_embed target namespace)
  set(output "${CMAKE_CURRENT_BINARY_DIR}/${target}_embedded.cpp")
  list(TRANSFORM ARGN PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/" OUTPUT_VARIABLE files)
  add_custom_command(
    OUTPUT "${output}"
    COMMAND ${CMAKE_COMMAND} "-DOUTPUT=${output}" "-DNAMESPACE=${namespace}" "-DFILES=${files}"
            -P "${PROJECT_SOURCE_DIR}/ci/cmake/embed.cmake"
    DEPENDS ${files} "${PROJECT_SOURCE_DIR}/ci/cmake/embed.cmake"
    COMMENT "Embedding files into ${target}"
    VERBATIM)
  target_sources(${target} PRIVATE "${output}")
  set_source_files_properties("${output}" PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
endfunction()
