# chatlab-boost: Asio and Beast, compiled once; every other file sees their declarations only. Every target of the
# project takes one of three precompiled headers: chatlab_precompile(TARGET) that of the build's own optimisation,
# chatlab_precompile_lightly(TARGET) another at -O1, for whatever waits for others more than it works, and
# chatlab_precompile_test(TARGET) a third at -O0, for tests, which take longer to compile than to run.
find_package(Boost 1.81 REQUIRED COMPONENTS url)
find_package(OpenSSL 3.0 REQUIRED)
find_package(Threads REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(fmt 9 REQUIRED)
find_package(spdlog 1.10 REQUIRED)

add_library(chatlab-boost STATIC ci/cmake/boost_compiled.cpp)
target_link_libraries(chatlab-boost PUBLIC
    chatlab-options Boost::headers Boost::url OpenSSL::SSL OpenSSL::Crypto Threads::Threads
    nlohmann_json::nlohmann_json fmt::fmt spdlog::spdlog)
target_compile_definitions(chatlab-boost PUBLIC
    BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)
# Whether formats fit their arguments is found out by the other builds; in this one it would cost a twentieth of the time.
target_compile_definitions(chatlab-boost PUBLIC $<$<CONFIG:Release>:FMT_CONSTEVAL=>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # With concepts, clang takes the friend that ssl_stream declares for another function than the one that Beast defines.
  target_compile_definitions(chatlab-boost PUBLIC BOOST_ASIO_DISABLE_CONCEPTS)
endif()
target_precompile_headers(chatlab-boost PRIVATE ci/cmake/precompiled.hpp)

function(chatlab_precompile target)
  target_precompile_headers(${target} REUSE_FROM chatlab-boost)
endfunction()

# A debug build has one for all.
function(chatlab_precompiled_at level name)
  add_library(${name} OBJECT ci/cmake/precompiled.cpp)
  target_link_libraries(${name} PUBLIC chatlab-boost)
  target_compile_options(${name} PRIVATE ${level})
  target_precompile_headers(${name} PRIVATE ci/cmake/precompiled.hpp)
endfunction()
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  chatlab_precompiled_at(-O1 chatlab-lightly)
endif()
if(BUILD_TESTING AND NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
  chatlab_precompiled_at(-O0 chatlab-tested)
endif()

function(chatlab_precompile_at level name target)
  if(TARGET ${name})
    target_compile_options(${target} PRIVATE ${level})
    target_precompile_headers(${target} REUSE_FROM ${name})
  else()
    chatlab_precompile(${target})
  endif()
endfunction()
function(chatlab_precompile_lightly target)
  chatlab_precompile_at(-O1 chatlab-lightly ${target})
endfunction()
function(chatlab_precompile_test target)
  chatlab_precompile_at(-O0 chatlab-tested ${target})
endfunction()
